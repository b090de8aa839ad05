// Material for MkDocs: its own search worker, over a search index in its plugin's format, with its plugin's defaults.

const SETUP = 0;
const QUERY = 2;

export async function open({ code, index, files: [worker] }) {
  const started = new Worker(code + worker);
  const send = (message) =>
    new Promise((resolve, reject) => {
      started.onmessage = ({ data }) => resolve(data.data);
      started.onerror = reject;
      started.postMessage(message);
    });
  const data = await (await fetch(`${index}search_index.json`)).json();
  await send({ type: SETUP, data: { ...data, options: { suggest: false } } });
  return async (query, { limit }) => {
    const { items } = await send({ type: QUERY, data: query });
    return items.slice(0, limit).map(([{ location }]) => location.split('#')[0]);
  };
}
