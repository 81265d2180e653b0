// Signs requests that are odd in every part by this module and by the AWS SDK for JavaScript, and tells where the two differ.

const PIECES = [
  'a', 'Z', '9', '-', '_', '.', '~', 'users', 'ada@example.com', 'ü', 'ሴ', '😀', ' ', '+', '&', '=', ',', ':', '$', '!', "'", '(', ')', '*', '|', '^',
  '`', '{', '}', '[', ']', '"', '<', '>', '\\', '%20', '%25', '%40', '%3A', '%2F', '%2f', '%C3%BC', '%c3%bc', '%2B', '%27', '%28', '%7E', '%2525', '/', '//', '/./', '/../', '/%2e/',
];

// mulberry32: a number has the same request every time
function random(seed) {
  return (most) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % most;
  };
}

function oddRequest(pick) {
  const one = (list) => list[pick(list.length)];
  const text = (longest) => Array.from({ length: pick(longest + 1) }, () => one(PIECES)).join('');
  const query = Array.from({ length: pick(5) }, () => one(['a', 'b', text(3)]) + one(['', '=', '=' + text(4)])).filter((p) => !p.includes('%c3')).join('&');
  const url = `https://${one(['example.amazonaws.com', 'Example.com:8443', 'bücher.example', '[::1]:1'])}/${text(8)}${one(['', '/'])}${query && '?' + query}${one(['', '#part'])}`;
  const headers = Array.from({ length: pick(4) }, () => [one(['My-Header1', 'my-header2', 'X-Amz-Meta-Note', 'Content-Type']), one(['value', ' "a   b   c" ', 'ü', 'a\tb', '', 'x,y'])]);
  const method = one(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']);
  const body = method === 'GET' ? undefined : one(['', 'content', 'ü😀', '{"query":"{ me }"}']);
  return { service: one(['execute-api', 'appsync', 'es', 'aoss', 's3']), make: () => new Request(url, { method, body, headers }) };
}

// The SDK's S3 client has escaped the key in full, slashes aside, before it signs.
const keyPath = (path) => decodeURIComponent(path).split('/')
  .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase())).join('/');

async function bySDK(sdk, credentials, request, service, amzDate) {
  const url = new URL(request.url);
  const query = {};
  for (const [name, value] of url.searchParams) query[name] = name in query ? [query[name], value].flat() : value;
  const signer = new sdk.SignatureV4({
    service, region: 'us-east-1', sha256: sdk.Sha256, credentials,
    uriEscapePath: service !== 's3', applyChecksum: service === 's3' || service === 'aoss',
  });
  const { headers } = await signer.sign({
    method: request.method, protocol: url.protocol, hostname: url.hostname, port: url.port, query,
    path: service === 's3' ? keyPath(url.pathname) : url.pathname,
    headers: { host: url.host, ...Object.fromEntries(request.headers) },
    body: new Uint8Array(await request.arrayBuffer()),
  }, { signingDate: new Date(amzDate.replace(/^(....)(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:')) });
  return headers.authorization;
}

/** What differs of the requests from one number to another. */
export async function compare(auth, sdk, from, to) {
  const credentials = await auth.getAWSCredentials();
  const all = await Promise.all(Array.from({ length: to - from }, async (_, i) => {
    const { service, make } = oddRequest(random(from + i));
    const { headers } = await auth.signRequest(make(), { service, region: 'us-east-1' });
    const ours = headers.get('authorization');
    const theirs = await bySDK(sdk, credentials, make(), service, headers.get('x-amz-date'));
    return { request: `${service} ${make().method} ${make().url} ${JSON.stringify([...make().headers])}`, ours, sdk: theirs };
  }));
  return all.filter(({ ours, sdk: theirs }) => !ours || ours !== theirs);
}
