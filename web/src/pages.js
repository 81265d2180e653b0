const MOST_PAGES = 100;

/** The items of a list that comes in pages: fetch(token) -> [items, token of the next page]. One without an end is cut off. */
export async function allPages(fetch) {
  const all = [];
  let token;
  for (let page = 0; page < MOST_PAGES && (token || !page); page++) {
    const [items = [], next] = await fetch(token);
    all.push(...items);
    token = next;
  }
  return all;
}
