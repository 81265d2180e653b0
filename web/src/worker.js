// amplify-auth.worker.js: the engine in a thread of its own. engine-thread.js is the page's side.
import { createEngine, start } from './program.js';
import { Veil } from './veil.js';
import { Wire } from './wire.js';

const clients = new Map(); // by number: { host, engine, veil }
let program; // its URL and integrity

const wire = new Wire(self, {
  start: (named) => void start(program = named).catch(() => {}), // who creates an engine hears why
  async create(client, { config, options, page }) {
    const veil = JSON.parse(options).storage === 'memory' ? new Veil() : undefined;
    const askPage = (name, args, signal) => wire.ask('ask', [client, name, args], signal);
    const host = {
      config, options, page,
      ask: veil ? (name, args, signal) => veil.ask(askPage, name, args, signal) : askPage,
      emit: (type, detail) => wire.tell('emit', client, type, detail),
      onWake: (wake, signal) => (host.wake = () => signal.aborted || wake()),
    };
    const engine = await createEngine(program, host, ({ cause }) => wire.tell('stopped', String(cause)));
    clients.set(client, { host, engine, veil });
    return engine.state;
  },
  async call(client, page, method, args, timeout, signal) {
    const { host, engine, veil } = clients.get(client);
    host.page = page;
    const result = await engine.call(method, args, { timeout, signal });
    return veil ? veil.result(method, result) : result;
  },
  wake(client, page) {
    this.page(client, page);
    clients.get(client).host.wake();
  },
  page: (client, page) => (clients.get(client).host.page = page),
  close(client) {
    clients.get(client).engine.close();
    clients.delete(client);
  },
  ping() {},
});

wire.tell('hello', RELEASE);
