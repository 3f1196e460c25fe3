/** An element with a class and a text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.textContent = text;
  return element;
}

export function makeButton(label: string, click?: () => void): HTMLButtonElement {
  const button = make("button", "", label);
  button.type = "button";
  if (click !== undefined) button.addEventListener("click", click);
  return button;
}

/** An element of the page; throws when there is none. */
export function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as T;
}
