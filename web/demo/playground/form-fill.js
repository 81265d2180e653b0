// Types into the sign-in form for who has looked something up beside it.

export function fill(element, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = [...element.querySelectorAll(`[name="${name}"]:not([readonly])`)].find((one) => one.checkVisibility());
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.focus();
  }
}
