import { createServer } from "node:https";
import { ownCertificate } from "../../hosts/node/https/certificate.js";
import { legType } from "../../hosts/node/https/leg.js";

/*
 * A process that answers each request with 60 octets and does nothing else: what HTTPS alone costs in Node. To GET it says
 * how much CPU it has used, microseconds.
 */
const { cert, key } = await ownCertificate(process.argv[2] ?? "", ["127.0.0.1"]);
const answer = new Uint8Array(60);
const server = createServer({ cert, key }, (request, response) => {
  if (request.method === "GET") {
    const { user, system } = process.cpuUsage();
    response.end(String(user + system));
    return;
  }
  request.on("data", () => {});
  request.on("end", () => {
    response.writeHead(200, { "Content-Type": legType, "Content-Length": answer.length }).end(answer);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : 0}\n`);
});
process.on("SIGTERM", () => process.exit(0));
