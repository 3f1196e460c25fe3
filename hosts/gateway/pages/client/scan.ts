import { element, say } from "../../../node/pages/client/dom.js";
import { Told } from "../../../node/pages/client/told.js";
import { isLabel, readLabel } from "./label.js";
import { words } from "./words.js";

/** The browser's reader of codes (Barcode Detection API), where it has one. */
interface Reader {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface Readers {
  new (options: { readonly formats: readonly string[] }): Reader;
  getSupportedFormats(): Promise<readonly string[]>;
}

const format = "qr_code";
/** Between two looks. */
const pause = 200;

async function reader(): Promise<Reader | undefined> {
  const { BarcodeDetector: Readers } = globalThis as { BarcodeDetector?: Readers };
  if (Readers === undefined || !navigator.mediaDevices) return undefined;
  try {
    return (await Readers.getSupportedFormats()).includes(format)
      ? new Readers({ formats: [format] })
      : undefined;
  } catch {
    return undefined;
  }
}

/** The Entity ID on a label that is held before the camera. Throws Told; nothing of a picture leaves the browser. */
export async function scanned(): Promise<string> {
  const codes = await reader();
  if (codes === undefined) throw new Told(words.noReader);
  let camera: MediaStream;
  try {
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    throw new Told(words.noCamera);
  }
  try {
    return await looking(camera, codes);
  } finally {
    for (const track of camera.getTracks()) track.stop();
  }
}

function looking(camera: MediaStream, codes: Reader): Promise<string> {
  const video = element("video", { playsinline: "", muted: "", "aria-hidden": "true" });
  const stop = element("button", { type: "button", class: "quiet" }, words.cancel);
  const title = element("h2", { id: "scan" }, words.scanTitle);
  const dialog = element("dialog", { "aria-labelledby": "scan" }, title, video, stop);
  video.srcObject = camera;
  document.body.append(dialog);
  dialog.showModal();
  stop.focus();
  say("");
  void video.play().catch(() => {});
  return new Promise<string>((resolve, reject) => {
    const timer = setInterval(() => {
      codes.detect(video).then(
        ([code]) => {
          if (code === undefined) return;
          if (!isLabel(code.rawValue)) return say(words.otherCode, "bad");
          resolve(readLabel(code.rawValue) ?? "");
        },
        // The first pictures are not there yet.
        () => {},
      );
    }, pause);
    const cancel = (): void => reject(new Told(""));
    stop.addEventListener("click", cancel);
    dialog.addEventListener("cancel", cancel);
    dialog.addEventListener("close", () => clearInterval(timer));
  }).finally(() => {
    dialog.close();
    dialog.remove();
  });
}
