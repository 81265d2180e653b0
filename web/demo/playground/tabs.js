// Tabs as the ARIA Authoring Practices have them: one stop of the Tab key, arrows go from tab to tab.

export function tabs(list) {
  const all = [...list.querySelectorAll('[role=tab]')];
  const choose = (tab) => {
    for (const other of all) {
      const chosen = other === tab;
      other.setAttribute('aria-selected', chosen);
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute('aria-controls')).hidden = !chosen;
    }
  };
  list.onclick = ({ target }) => { if (all.includes(target)) choose(target); };
  list.onkeydown = (event) => {
    const forward = getComputedStyle(list).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const at = all.indexOf(event.target);
    const to = { [forward]: at + 1, [forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight']: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const tab = all.at(to % all.length);
    choose(tab);
    tab.focus();
  };
  choose(all[0]);
}
