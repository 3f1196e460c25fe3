import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { ownCertificate, ownCertificateFiles } from "../../../../hosts/node/https/certificate.js";

describe("the certificate that a program makes for itself", () => {
  let folder: string;
  let cert: string;
  let key: string;
  beforeEach(() => {
    folder = mkdtempSync(`${tmpdir()}/cpns-certificate-`);
    [cert, key] = ownCertificateFiles(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is made once, for its names and for its owner's eyes alone", async () => {
    const made = await ownCertificate(folder, ["cpns.example", "192.0.2.5", "2001:db8::5"]);
    assert.deepEqual(await ownCertificate(folder, ["another.example"]), made);
    const read = new X509Certificate(made.cert);
    for (const name of ["cpns.example"]) assert.equal(read.checkHost(name), name);
    for (const address of ["192.0.2.5", "2001:db8::5"]) assert.equal(read.checkIP(address), address);
    for (const file of [cert, key]) assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("is made anew for the key that there is, so that its pin stays (C-32)", async () => {
    const { pin } = await ownCertificate(folder, ["old.example"]);
    const secret = readFileSync(key, "utf8");
    rmSync(cert);
    const renewed = await ownCertificate(folder, ["new.example"]);
    assert.equal(renewed.pin, pin);
    assert.equal(readFileSync(key, "utf8"), secret);
    assert.equal(new X509Certificate(renewed.cert).checkHost("new.example"), "new.example");
  });

  it("is refused for a key that cannot be read, which is left as it is", async () => {
    await ownCertificate(folder, ["localhost"]);
    rmSync(cert);
    writeFileSync(key, "no key");
    await assert.rejects(ownCertificate(folder, ["localhost"]), /tls-key\.pem is no key on P-256/);
    assert.equal(readFileSync(key, "utf8"), "no key");
  });
});
