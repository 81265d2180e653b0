// customise.js: what the page wants otherwise about a screen's fields (the element's `fields` property).

// customise applies { [name]: { label, placeholder, order, hidden, autocomplete } } to field descriptions. Fields
// without an order keep their place; what the step cannot do without stays whatever hidden says.
export function customise(specs, wishes = {}) {
  return specs
    .map((spec, place) => ({ spec, wish: wishes[spec.name] ?? {}, place }))
    .sort((a, b) => (a.wish.order ?? a.place + 1) - (b.wish.order ?? b.place + 1))
    .map(({ spec, wish: { order, hidden, ...wish } }) => ({
      ...spec, ...wish,
      ...(hidden && (spec.required === false || spec.value) && { visible: false }),
    }));
}
