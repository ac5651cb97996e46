// Keeps what is typed but not sent until the interview moves on, puts the cursor into the answer box, and keeps the end
// of the talk in sight unless one has scrolled up to read.
let shown = "";
let sent = "";

export default function (component) {
  const { ident, version } = component.data;
  const prefix = `interviewer:${ident}:`;
  const key = prefix + (version + 1 - (version % 2)); // the next answer: candidates speak at odd versions
  const box = () => document.querySelector('[data-testid="stChatInputTextArea"]');

  const store = (text) => {
    try {
      if (text) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
    } catch (error) { /* a browser without storage keeps no drafts */ }
  };

  const stored = () => {
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(prefix) && name !== key) localStorage.removeItem(name);
      }
      return localStorage.getItem(key);
    } catch (error) {
      return null;
    }
  };

  const typed = (event) => {
    if (!event.target.matches('[data-testid="stChatInputTextArea"]')) return;
    sent = "";
    store(event.target.value);
  };

  // What was just sent is not put back into the box, though it is kept until the server has taken it.
  const sending = (event) => {
    const enter = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === box();
    const click = event.type === "click" && event.target.closest?.('[data-testid="stChatInputSubmitButton"]');
    if (enter || click) sent = key;
  };

  const settle = () => {
    const area = box();
    if (!area) return;
    const draft = stored();
    if (area.value) {
      store(area.value);
    } else if (draft && sent !== key) {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, draft);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const idle = !document.activeElement || document.activeElement === document.body;
    if (idle && !area.disabled && matchMedia("(pointer: fine)").matches) area.focus({ preventScroll: true });
  };

  const main = document.querySelector('[data-testid="stMain"]');
  const talk = document.querySelector('[data-testid="stMainBlockContainer"]');
  const atEnd = () => main.scrollHeight - main.scrollTop - main.clientHeight < 120;
  let stick = shown !== key || atEnd();
  shown = key;
  const scrolled = () => { stick = atEnd(); };
  const grown = new ResizeObserver(() => { if (stick) main.scrollTop = main.scrollHeight; });
  main.addEventListener("scroll", scrolled, { passive: true });
  grown.observe(talk);

  document.addEventListener("input", typed, true);
  document.addEventListener("keydown", sending, true);
  document.addEventListener("click", sending, true);
  const timer = setTimeout(settle, 50);
  return () => {
    clearTimeout(timer);
    grown.disconnect();
    main.removeEventListener("scroll", scrolled);
    document.removeEventListener("input", typed, true);
    document.removeEventListener("keydown", sending, true);
    document.removeEventListener("click", sending, true);
  };
}
