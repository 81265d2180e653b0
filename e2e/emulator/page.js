// The page of the local Cognito: it asks for its state once a second and draws what has changed.
const $ = (id) => document.getElementById(id);
const time = (text) => new Date(text).toLocaleTimeString();

function element(name, text, className) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
}

// row makes a table row of texts and elements.
function row(...cells) {
  const tr = element('tr');
  for (const cell of cells) {
    const td = element('td');
    td.append(cell);
    tr.append(td);
  }
  return tr;
}

const drawn = {};

// draw calls render if the part of the state is another than before: what a person has selected stays selected.
function draw(part, state, render) {
  const text = JSON.stringify(state);
  if (drawn[part] === text) return;
  drawn[part] = text;
  render(state);
}

function fill(table, rows) {
  table.tBodies[0].replaceChildren(...rows);
  table.hidden = rows.length === 0;
  const empty = table.closest('section').querySelector('.empty');
  if (empty) empty.hidden = rows.length > 0;
}

const renderers = {
  messages: (list) => fill($('messages'), list.map((m) => {
    const code = element('code', m.code);
    const purpose = element('span', m.purpose);
    if (m.text) purpose.append(element('br'), element('small', m.text));
    return row(time(m.at), m.to, purpose, code);
  })),
  calls: (list) => fill($('calls'), list.map((c) => {
    const answer = c.status === 0 ? 'connection dropped' : c.error ? `${c.status} ${c.error}` : String(c.status);
    return row(time(c.at), c.operation, element('span', answer + (c.fault ? ` (fault: ${c.fault})` : ''), c.status >= 400 || c.status === 0 ? 'bad' : ''));
  })),
  faults: (list) => fill($('faults'), list.map((f) => row(f.operation, f.kind + (f.delayMs ? `, ${f.delayMs} ms` : ''), f.count < 0 ? 'endless' : f.count))),
  limits: (on) => {
    for (const name in on) $('limits').elements[name].checked = on[name];
  },
  kinds: (list) => $('fault').elements.kind.replaceChildren(...list.map((kind) => element('option', kind))),
  pools: (list) => $('pools').replaceChildren(...list.flatMap(pool)),
};

function pool(p) {
  const parts = [element('h3', `${p.name} · ${p.id}`)];
  const clients = element('p', 'Clients: ');
  clients.append(...p.clients.flatMap((id, i) => {
    const link = element('a', id);
    link.href = `amplify_outputs.json?client=${encodeURIComponent(id)}`;
    return i ? [', ', link] : [link];
  }));
  if (p.clients.length === 0) clients.append('none');
  const table = element('table');
  const head = element('tr');
  head.append(...['User', 'E-mail and phone', 'Status', 'MFA'].map((name) => element('th', name)));
  table.append(element('thead'), element('tbody'));
  table.tHead.append(head);
  table.tBodies[0].append(...p.users.map((u) => row(u.username, [u.email, u.phone].filter(Boolean).join(', '), u.enabled ? u.status : `${u.status}, disabled`, [...u.mfa, u.totp && `now ${u.totp}`].filter(Boolean).join(', '))));
  parts.push(clients, p.users.length ? table : element('p', 'No users.', 'empty'));
  if (p.total > p.users.length) parts.push(element('p', `The first ${p.users.length} of ${p.total} users.`, 'empty'));
  return parts;
}

async function refresh() {
  try {
    const state = await (await fetch('state', { cache: 'no-store' })).json();
    $('connection').textContent = '';
    $('where').textContent = state.url;
    $('now').dateTime = state.now;
    $('now').textContent = new Date(state.now).toLocaleString();
    $('offset').textContent = state.offsetSeconds ? `(moved by ${state.offsetSeconds.toLocaleString()} s)` : '';
    for (const [part, render] of Object.entries(renderers)) draw(part, state[part], render);
  } catch {
    $('connection').textContent = 'It does not answer. Is it still running?';
  }
}

// post asks for a change and shows it at once.
async function post(path, body, method = 'POST') {
  const answer = await fetch(path, { method, body: body && JSON.stringify(body) });
  $('refused').textContent = answer.ok ? '' : await answer.text();
  await refresh();
}

$('clock').addEventListener('submit', (event) => {
  event.preventDefault();
  const { amount, unit } = event.target.elements;
  post('clock', { advanceSeconds: Number(amount.value) * Number(unit.value) });
});
$('fault').addEventListener('submit', (event) => {
  event.preventDefault();
  const { operation, kind, count, delayMs } = event.target.elements;
  post('faults', { operation: operation.value.trim(), kind: kind.value, count: Number(count.value), delayMs: Number(delayMs.value) });
});
$('limits').addEventListener('change', ({ target }) => post('limits', { [target.name]: target.checked }));
$('clear-faults').addEventListener('click', () => post('faults', { operation: '*', kind: 'none' }));
$('clear-calls').addEventListener('click', () => post('calls', undefined, 'DELETE'));

async function live() {
  await refresh();
  setTimeout(live, 1000);
}
live();
