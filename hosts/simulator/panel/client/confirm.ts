import { element, makeButton } from "./make.js";

/** Asks before something is lost. Resolves to true when the person wants it. */
export function confirmed(question: string, yes: string): Promise<boolean> {
  const dialog = element<HTMLDialogElement>("confirm");
  const no = makeButton("Cancel", () => dialog.close());
  const go = makeButton(yes, () => dialog.close("yes"));
  go.className = "danger";
  element("confirm-question").textContent = question;
  element("confirm-answers").replaceChildren(no, go);
  dialog.returnValue = "";
  dialog.showModal();
  no.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
