import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect } from "chai";
import type { CommitSignature } from "../../../agent/source/commit-signature.ts";
import type { SignatureKeys } from "../../../agent/config/verify-files.ts";
import { CommitSignatures } from "../../../agent/source/git/signature/commit-signatures.ts";
import { runTool } from "../../../agent/source/git/signature/signature-tool.ts";
import { verifyRange } from "../../../agent/source/git/signature/verified-range.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { rejection } from "../../support/rejection.ts";
import {
  commitBytes,
  putHead,
  signHead,
  SigningKeys,
  whyNoSigning,
  withSignature,
} from "../../support/signing-keys.ts";
import type { Signer } from "../../support/signing-keys.ts";

const missing = whyNoSigning();
const SECONDS_2025 = 1_740_000_000;

describe(`signatures of commits${missing === null ? "" : ` (SKIPPED: ${missing})`}`, function () {
  this.timeout(60_000);
  let keys: SigningKeys;
  let repository: GitRepository;

  before(function () {
    if (missing !== null) {
      console.error(`SKIPPED: ${missing}`);
      this.skip();
    }
    keys = new SigningKeys();
    repository = GitRepository.create();
  });
  after(() => {
    if (missing !== null) return;
    keys.remove();
    repository.remove();
  });

  const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
  const sshKeys = (...signers: readonly Pick<Signer, "publicText">[]): SignatureKeys => ({
    gpg: [],
    ssh: file("/etc/allowed_signers", signers.map(({ publicText }) => publicText).join("")),
  });
  const gpgKeys = (...signers: readonly Signer[]): SignatureKeys => ({
    gpg: signers.map(({ publicText }, at) => file(`/etc/${at}.asc`, publicText)),
    ssh: null,
  });
  const call = {
    read: (oid: string) => commitBytes(repository, oid),
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  const request = (given: SignatureKeys, mode: "head" | "all" = "head") =>
    ({ mode, ofConfirms: false, keys: given, most: 100 }) as const;
  async function check(oid: string, given: SignatureKeys): Promise<CommitSignature> {
    const found = await new CommitSignatures().untilBad([oid], request(given), call);
    const signature = found.get(oid);
    if (signature === undefined) throw new Error("no verdict");
    return signature;
  }
  const commit = (message = "Change", atSeconds?: number) =>
    repository.commit({ "a.txt": message }, { message, ...(atSeconds && { atSeconds }) });
  const signed = (signer: Signer, message?: string, atSeconds?: number) => {
    commit(message, atSeconds);
    return signHead(repository, signer);
  };
  const refuses = async (
    oid: string,
    given: SignatureKeys,
    [reason, why]: readonly [string, string],
  ) => {
    const found = await check(oid, given);
    expect(found).to.include({ kind: "bad", reason });
    if (found.kind === "bad") expect(found.why).to.include(why);
  };

  it("counts what git itself signs with ssh and with GPG", async () => {
    const ssh = keys.sshSigner("git-ssh");
    const gpg = keys.gpgSigner("git-gpg");
    commit();
    const wrapper = keys.write("gpg.sh", `#!/bin/sh\nexec gpg --homedir '${keys.gpgHome}' "$@"\n`);
    execFileSync("chmod", ["+x", wrapper]);
    const commitAs = (...settings: readonly string[]) => {
      const options = settings.flatMap((each) => ["-c", each]);
      const tree = repository.git("rev-parse", "main^{tree}");
      return repository.git(...options, "commit-tree", "-S", "-p", "main", "-m", "By git", tree);
    };
    const bySsh = commitAs("gpg.format=ssh", `user.signingkey=${keys.ssh.folder}/git-ssh`);
    const byGpg = commitAs(`gpg.program=${wrapper}`, `user.signingkey=${gpg.fingerprint}`);
    expect(await check(bySsh, sshKeys(ssh))).to.deep.equal({
      kind: "good",
      tool: "ssh",
      key: ssh.fingerprint,
      name: "git-ssh@example.org",
    });
    expect(await check(byGpg, gpgKeys(gpg))).to.deep.equal({
      kind: "good",
      tool: "gpg",
      key: gpg.fingerprint,
      name: "git-gpg <git-gpg@example.org>",
    });
  });

  it("refuses a commit without a signature", async () => {
    const ssh = keys.sshSigner("unused");
    await refuses(commit(), sshKeys(ssh), ["SignatureMissing", "is not signed"]);
  });

  for (const kind of ["ssh", "gpg"] as const) {
    const signerOf = (name: string) =>
      kind === "ssh" ? keys.sshSigner(name) : keys.gpgSigner(name);
    const keysOf = (signer: Signer) => (kind === "ssh" ? sshKeys(signer) : gpgKeys(signer));

    it(`refuses a changed commit, and one with another's signature (${kind})`, async () => {
      const signer = signerOf(`tamper-${kind}`);
      const good = signed(signer, "Honest");
      expect(await check(good, keysOf(signer))).to.include({ kind: "good" });
      const bytes = commitBytes(repository, good);
      const changed = Buffer.from(bytes.toString("latin1").replace("Honest", "Hostile"), "latin1");
      await refuses(putHead(repository, changed), keysOf(signer), [
        "SignatureInvalid",
        "not of this",
      ]);
      const other = commitBytes(repository, commit("Other"));
      const pasted = putHead(repository, withSignature(other, signer.sign(Buffer.from("else"))));
      await refuses(pasted, keysOf(signer), ["SignatureInvalid", "that is not of this commit"]);
    });

    it(`refuses a key that is not configured (${kind})`, async () => {
      const [ours, theirs] = [signerOf(`ours-${kind}`), signerOf(`theirs-${kind}`)];
      const oid = signed(theirs);
      await refuses(oid, keysOf(ours), [
        "SignerUnknown",
        kind === "ssh" ? theirs.fingerprint : "Verify.KeyFiles",
      ]);
      const other =
        kind === "ssh" ? gpgKeys(keys.gpgSigner("else")) : sshKeys(keys.sshSigner("else"));
      await refuses(oid, other, ["SignerUnknown", "of this source is not set"]);
    });
  }

  it("takes an ssh key that was valid when the commit was made, whenever that ended", async () => {
    const signer = keys.sshSigner("past", {
      options: 'valid-after="20250101",valid-before="20250601"',
    });
    const oid = signed(signer, "In time", SECONDS_2025);
    expect(await check(oid, sshKeys(signer))).to.include({ kind: "good", key: signer.fingerprint });
    for (const late of [SECONDS_2025 + 30_000_000, SECONDS_2025 - 30_000_000]) {
      const outside = signed(signer, "Out of time", late);
      await refuses(outside, sshKeys(signer), ["KeyExpired", "was not valid at the commit's time"]);
    }
  });

  it("finds the line of a key that is valid among those that are not", async () => {
    const signer = keys.sshSigner("twice", { options: 'valid-before="20200101"' });
    const again = { publicText: signer.publicText.replace('valid-before="20200101" ', "") };
    expect(await check(signed(signer), sshKeys(signer, again))).to.include({ kind: "good" });
  });

  it("refuses an ssh signature for another namespace, and a key that is not for git", async () => {
    const files = keys.sshSigner("files", { namespace: "file" });
    await refuses(signed(files), sshKeys(files), ["SignatureInvalid", 'namespace file, not "git"']);
    const mail = keys.sshSigner("mail", { options: 'namespaces="mail"' });
    await refuses(signed(mail), sshKeys(mail), ["SignerUnknown", "does not allow"]);
  });

  it("refuses expired and revoked GPG keys, and weak hashes", async () => {
    const brief = keys.gpgSigner("brief", { expires: "seconds=2" });
    const oid = signed(brief);
    const expired = await eventually("expired", async () => {
      const found = await check(oid, gpgKeys(brief));
      return found.kind === "bad" ? found : undefined;
    });
    expect(expired).to.include({ reason: "KeyExpired" });
    const gone = keys.gpgSigner("gone");
    const before = signed(gone);
    expect(await check(before, gpgKeys(gone))).to.include({ kind: "good" });
    keys.revoke(gone);
    await refuses(before, gpgKeys(gone), ["KeyRevoked", "which was revoked"]);
    const weak = keys.gpgSigner("weak", { digest: "SHA1", kind: "rsa2048" });
    await refuses(signed(weak), gpgKeys(weak), ["SignatureInvalid", "weak hash"]);
  });

  it("names the primary key where a subkey signed", async () => {
    const signer = keys.gpgSigner("primary");
    const make = ["--quick-add-key", signer.fingerprint, "ed25519", "sign", "never"];
    keys.gpg(["--passphrase", "", "--pinentry-mode", "loopback", ...make]);
    const listed = keys.gpg(["--with-colons", "--list-keys", signer.fingerprint]).toString();
    const subkey = [...listed.matchAll(/^fpr:{9}([0-9A-F]{40}):/gm)][1]?.[1] ?? "";
    const bySubkey: Signer = {
      ...signer,
      publicText: signer.publicText,
      sign: (payload) =>
        keys.gpg(["--local-user", `${subkey}!`, "--armor", "--detach-sign"], payload),
    };
    expect(await check(signed(bySubkey), gpgKeys(bySubkey))).to.include({
      kind: "good",
      key: signer.fingerprint,
    });
  });

  it("says which file of keys cannot be used", async () => {
    const oid = signed(keys.sshSigner("any"));
    const garbage: SignatureKeys = { gpg: [file("/etc/keys.asc", "garbage")], ssh: null };
    const error = await rejection(check(oid, garbage));
    expect(error).to.include({ code: "SignatureUnchecked" });
    expect(error.message).to.include(
      "the file /etc/keys.asc of Verify.KeyFiles holds no public GPG key",
    );
  });

  it("says which program is missing", async () => {
    const { PATH } = process.env;
    const run = (program: "gpg" | "ssh-keygen") =>
      rejection(runTool({ program, args: [], input: Buffer.alloc(0) }, call.signal));
    try {
      process.env["PATH"] = "/nonexistent";
      const [gpg, ssh] = [await run("gpg"), await run("ssh-keygen")];
      expect(gpg).to.include({ code: "SignatureUnchecked" });
      expect(gpg.message).to.include("Install it (package gnupg)");
      expect(ssh.message).to.include("Install it (package openssh-client)");
    } finally {
      process.env["PATH"] = PATH;
    }
  });

  it("leaves no file behind", async () => {
    const left = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith("room-operator-keys-"));
    const gpg = keys.gpgSigner("tidy");
    const before = left();
    await check(signed(gpg), gpgKeys(gpg));
    await rejection(check(signed(gpg), { gpg: [file("/x", "garbage")], ssh: null }));
    expect(left()).to.deep.equal(before);
  });

  it("checks the head alone, or each new commit, and no more than it may", async () => {
    const signer = keys.sshSigner("range");
    const unsigned = commit("Unsigned");
    const head = signed(signer, "Signed");
    const check = (mode: "head" | "all", most = 100) =>
      verifyRange(head, [unsigned, head], {
        request: { ...request(sshKeys(signer), mode), most },
        signatures: new CommitSignatures(),
        call,
      });
    expect(await check("head")).to.deep.include({
      head,
      signer: { tool: "ssh", key: signer.fingerprint, name: "range@example.org" },
    });
    const refused = await rejection(check("all"));
    expect(refused).to.include({ code: "SignatureMissing" });
    expect(refused.message).to.include(
      `The commit ${unsigned} (behind the newest, ${head}) is not signed.`,
    );
    const many = await rejection(check("all", 1));
    expect(many.message)
      .to.include("There are 2 new commits")
      .and.include("limit Verify.MaxCommits: 1");
  });
});
