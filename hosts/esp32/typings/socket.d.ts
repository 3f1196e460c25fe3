/** What it does is in sdkSimulator/socket.ts. */
declare module "socket" {
  export class Socket {
    private constructor();
  }
}
