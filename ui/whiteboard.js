// The whiteboard draws itself while one types, hands its lines to the answer box, and keeps them in the browser over a reload.
const PAUSE = 350; // milliseconds without a key
let added = 0;

export default function (component) {
  const { ident, add, number } = component.data;
  const key = `interviewer-board:${ident}`;
  const board = '[class*="st-key-board-text"] textarea';
  let timer = 0;

  const write = (area, text) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const store = (text) => {
    try {
      if (text) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
    } catch (error) { /* a browser without storage keeps no drafts */ }
  };

  const stored = () => {
    try { return localStorage.getItem(key); } catch (error) { return null; }
  };

  // Streamlit takes over what is typed with Ctrl+Enter: pressed here for the candidate at each pause.
  const typed = (event) => {
    const area = event.target;
    if (!area.matches?.(board)) return;
    store(area.value);
    clearTimeout(timer);
    timer = setTimeout(() => {
      area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true }));
    }, PAUSE);
  };

  const entered = (event) => {
    const area = event.target;
    if (area.matches?.(board) && !area.value && stored()) write(area, stored());
  };

  if (add && number !== added) {
    added = number;
    const box = document.querySelector('[data-testid="stChatInputTextArea"]');
    const said = box?.value.trimEnd();
    if (box) write(box, said ? `${said}\n\n${add}\n` : `${add}\n`);
  }

  document.addEventListener("input", typed, true);
  document.addEventListener("focusin", entered, true);
  return () => {
    document.removeEventListener("input", typed, true);
    document.removeEventListener("focusin", entered, true);
  };
}
