/**
 * Read an article of this site in place.
 */

/**
 * Load the text of an article, with its links as full addresses. The browser parses it as a page of its own, which runs
 * nothing.
 *
 * @param {string} address
 * @returns {Promise<Node[]>}
 */
export function readArticle(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', address);
    request.responseType = 'document';
    request.onerror = reject;
    request.onload = () => {
      const body = request.response?.querySelector('.kb-article__body');
      if (!body) return reject();
      for (const link of body.querySelectorAll('a[href]')) link.setAttribute('href', link.href);
      for (const image of body.querySelectorAll('[src]')) image.setAttribute('src', image.src);
      for (const anchor of body.querySelectorAll('.headerlink')) anchor.remove();
      for (const named of body.querySelectorAll('[id]')) named.removeAttribute('id');
      resolve([...document.importNode(body, true).childNodes]);
    };
    request.send();
  });
}
