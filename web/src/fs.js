// What Go's support script and library look for of Node.js's file system: standard output goes to the console, nothing
// else is there.
const code = 'ENOSYS'; // what Go's syscall package looks for
const missing = () => Object.assign(new Error('not implemented'), { code });

const decoder = new TextDecoder();
let rest = ''; // of a line that has no end yet

export const fs = new Proxy({
  constants: new Proxy({}, { get: () => -1 }),
  writeSync(_, bytes) {
    const lines = (rest + decoder.decode(bytes)).split('\n');
    rest = lines.pop();
    if (lines.length) console.log(lines.join('\n'));
    return bytes.length;
  },
  write: (fd, bytes, offset, length, position, done) => done(null, fs.writeSync(fd, bytes)),
}, { get: (known, name) => known[name] ?? ((...args) => args.pop()(missing())) });
