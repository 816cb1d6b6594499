// Makes of a <select> a field in which a few letters find the option: those of its id, or those
// that any word of its text begins with. The <select> stays, unseen, and holds the value.

const folded = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

const begins = (option, typed) =>
  folded(option.text).startsWith(typed) ||
  folded(option.text).split(/[\s·:,.\-–/()]+/u).some((word) => word.startsWith(typed)) ||
  folded(option.text).replace(/^\S+ · /u, "").startsWith(typed);

export function combobox(select, { nothing, onChosen, onLeft }) {
  const options = [...select.options].filter((option) => option.value);
  const input = document.createElement("input");
  const list = document.createElement("ul");
  let shown = [];
  let active = -1;

  Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, id: "session-text" });
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", "session-list");
  input.setAttribute("aria-expanded", "false");
  input.placeholder = select.options[0].text;
  list.id = "session-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  const label = select.form.querySelector(`label[for="${select.id}"]`);
  label.id = "session-label";
  label.htmlFor = input.id;
  list.setAttribute("aria-labelledby", label.id);
  const place = document.createElement("span");
  place.className = "combobox";
  place.append(input, list);
  select.after(place);
  select.hidden = true;

  const settle = () => {
    const chosen = select.selectedOptions[0];
    input.value = chosen && chosen.value ? chosen.text : "";
  };

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const point = (to) => {
    active = to;
    [...list.children].forEach((line, index) => {
      const here = index === active;
      line.setAttribute("aria-selected", String(here));
      if (here) line.scrollIntoView({ block: "nearest" });
    });
    if (list.children[active]?.id) {
      input.setAttribute("aria-activedescendant", list.children[active].id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const choose = (option) => {
    select.value = option.value;
    settle();
    close();
    onChosen();
  };

  const line = (option, index) => {
    const item = document.createElement("li");
    item.id = `session-option-${index}`;
    item.setAttribute("role", "option");
    item.textContent = option.text;
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      choose(option);
    });
    return item;
  };

  const open = (typed) => {
    shown = typed ? options.filter((option) => begins(option, typed)) : options;
    // Whoever types an id means that id, though another's begins with it.
    shown = [...shown].sort((a, b) => (folded(b.value) === typed) - (folded(a.value) === typed));
    list.replaceChildren(...shown.map(line));
    if (!shown.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = nothing;
      list.replaceChildren(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    point(typed && shown.length ? 0 : -1);
  };

  const step = (by) => {
    if (list.hidden) open("");
    if (shown.length) point((active + by + shown.length + (active < 0 && by < 0)) % shown.length);
  };

  input.addEventListener("input", () => open(folded(input.value)));
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => list.hidden && open(""));
  input.addEventListener("blur", () => {
    close();
    settle();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      if (!event.repeat) {
        if (active >= 0) choose(shown[active]);
        else if (select.value && list.hidden) onChosen();
      }
    } else if (event.key === "Tab" && active >= 0) {
      select.value = shown[active].value;
      settle();
      close();
      return;
    } else if (event.key === "Escape") {
      if (list.hidden) onLeft();
      close();
      settle();
    } else {
      return;
    }
    event.preventDefault();
  });
  settle();
  return input;
}
