/**
 * Show on a page that is being written what is wrong with it, and load the page again when it was built anew.
 * Only `kb serve` adds this. All text reaches the page as text nodes.
 */

const OPEN_KEY = "kb-issues-open";
const WORDS = { error: "errors", warning: "warnings", notice: "notices" };

// Whoever serves the page knows by this whether it is still the same.
const made = new URL(import.meta.url).searchParams.get("made");
const news = new EventSource(`/-/events?${new URLSearchParams({ page: location.pathname, made })}`);
news.addEventListener("reload", () => location.reload());
news.addEventListener("issues", show); // the first comes as soon as news are listened to
let asked = 0;

const title = element("span", {});
const toggle = element("button", { type: "button", className: "kb-issues__toggle" }, [title]);
const list = element("div", { className: "kb-issues__list", id: "kb-issues-list" });
const status = element("p", { className: "kb-issues__status", role: "status" });
const panel = element("section", { className: "kb-issues", ariaLabel: "What kb check says" }, [toggle, list, status]);
toggle.setAttribute("aria-controls", list.id);
toggle.addEventListener("click", () => open(list.hidden));
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !list.hidden) {
    open(false);
    toggle.focus();
  }
});
open(sessionStorage.getItem(OPEN_KEY) === "yes");
document.body.append(panel);

/** Ask for the newest findings and draw them, unless something newer was asked for meanwhile: answers overtake each other. */
async function show() {
  const number = ++asked;
  const answer = await fetch(`/-/issues?page=${encodeURIComponent(location.pathname)}`);
  const found = answer.ok && (await answer.json());
  if (found && number === asked) draw(found);
}

/** @param {{state: string, failure: string, here: object[], elsewhere: object[], elsewhere_count: number}} found */
function draw(found) {
  const checking = found.state === "checking";
  const failed = found.state === "failed";
  const worst = [...found.here, ...(failed ? found.elsewhere : [])][0]?.level;
  panel.dataset.level = failed ? "error" : checking ? "none" : (worst ?? "none");
  const text = failed ? "Not built: this is the page before" : checking ? "Checking …" : `${count(found.here)} here`;
  if (title.textContent !== text) title.textContent = status.textContent = text;
  const others = found.elsewhere_count ? `${found.elsewhere_count} in other files` : "Nothing in other files";
  const rest = found.elsewhere_count - found.elsewhere.length;
  const here = found.here.length ? [issues(found.here)] : [];
  const elsewhere = element("details", { open: failed }, [
    element("summary", { textContent: others }),
    issues(found.elsewhere),
    ...(rest ? [element("p", { textContent: `and ${rest} more: run kb check` })] : []),
  ]);
  // What stopped the build comes first, and is often in a file that has no page yet.
  const parts = failed ? [element("p", { textContent: found.failure }), elsewhere, ...here] : [...here, elsewhere];
  list.replaceChildren(...parts);
}

/** Say how many issues there are, by level. */
function count(found) {
  const parts = Object.entries(WORDS).map(([level, words]) => {
    const number = found.filter((issue) => issue.level === level).length;
    return number === 1 ? `1 ${level}` : number ? `${number} ${words}` : "";
  });
  return parts.filter(Boolean).join(", ") || "No issues";
}

function issues(found) {
  return element("ol", {}, found.map((issue) => element("li", { className: `kb-issues__${issue.level}` }, [
    element("p", {}, [
      element("strong", { textContent: `${issue.level} ${issue.code}` }),
      element("span", { textContent: `: ${issue.message}` }),
    ]),
    ...(issue.hint ? [element("p", { textContent: issue.hint })] : []),
    element("p", { className: "kb-issues__place" }, place(issue)),
  ])));
}

/** Lead to the line: in the editor where one is set, else as text to copy; and to the page, if it is another one. */
function place(issue) {
  const line = issue.editor
    ? element("a", { href: issue.editor, textContent: issue.place, title: "Open in the editor" })
    : element("button", { type: "button", textContent: issue.place, title: "Copy", onclick: () => copy(issue.place) });
  const page = issue.page ? [element("a", { href: issue.page, textContent: "Show the page" })] : [];
  return [line, ...page];
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  status.textContent = `Copied ${text}`;
}

function open(is) {
  list.hidden = !is;
  toggle.setAttribute("aria-expanded", String(is));
  sessionStorage.setItem(OPEN_KEY, is ? "yes" : "no");
}

function element(name, properties, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
