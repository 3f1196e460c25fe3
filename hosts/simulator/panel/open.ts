import { spawn } from "node:child_process";

/** Opens the page where there is a desktop; says nothing where there is none. */
export function openBrowser(url: string): void {
  const { platform, env } = process;
  if (env.CI !== undefined) return;
  if (platform === "linux" && env.DISPLAY === undefined && env.WAYLAND_DISPLAY === undefined) return;
  const [command, args] =
    platform === "darwin"
      ? ["open", [url]]
      : platform === "win32"
        ? ["cmd", ["/c", "start", "", url]]
        : ["xdg-open", [url]];
  const child = spawn(command as string, args as string[], { stdio: "ignore", detached: true });
  // No browser to open is no fault: the address has been printed.
  child.on("error", () => {});
  child.unref();
}
