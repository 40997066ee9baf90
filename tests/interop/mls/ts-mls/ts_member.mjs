// A member that ts-mls holds, in the form that driver.mjs wants. What stands around ts-mls 1.6.4 here:
//  - it writes P-256 and P-384 signature keys compressed (RFC 9420 §5.1.1 wants them whole);
//  - it leaves out the inner length of external_pub (§12.4.3.2), both ways;
//  - processMessage() ignores PSKs for a PrivateMessage, so the two halves are called themselves.
import * as mls from "ts-mls";
import { bytes, hex } from "./random.mjs";
import { p256, p384 } from "@noble/curves/nist.js";

const suites = {
  1: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
  2: "MLS_128_DHKEMP256_AES128GCM_SHA256_P256",
  3: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
  7: "MLS_256_DHKEMP384_AES256GCM_SHA384_P384",
};

export async function loadSuite(number) {
  const cs = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(suites[number]));
  const curve = { 2: p256, 7: p384 }[number];
  if (curve === undefined) return cs;
  const keygen = async () => {
    const signKey = curve.utils.randomSecretKey();
    return { signKey, publicKey: curve.getPublicKey(signKey, false) };
  };
  return { ...cs, signature: { ...cs.signature, keygen } };
}

/// opaque external_pub<V>: keys of 64 bytes and more have two bytes of length (§2.1.2).
const withLength = (key) =>
  key.length < 64 ? new Uint8Array([key.length, ...key]) : new Uint8Array([0x40 | (key.length >> 8), key.length & 0xff, ...key]);
const withoutLength = (vector) => vector.slice(vector[0] < 0x40 ? 1 : 2);

const encode = (message) => hex(mls.encodeMlsMessage({ version: "mls10", ...message }));
export function decode(text) {
  const [message, size] = mls.decodeMlsMessage(bytes(text), 0);
  if (size !== text.length / 2) throw new Error("ts-mls left bytes over");
  return message;
}

export class TsMember {
  constructor(name, cs, psks) {
    Object.assign(this, { name, cs, psks, kind: "ts" });
  }

  get pskIndex() {
    return mls.makePskIndex(this.state, this.psks);
  }

  async keyPackage() {
    const credential = { credentialType: "basic", identity: new TextEncoder().encode(this.name) };
    const now = BigInt(Math.floor(Date.now() / 1000));
    const lifetime = { notBefore: now - 3600n, notAfter: now + 604800n };
    const made = await mls.generateKeyPackage(credential, mls.defaultCapabilities(), lifetime, [], this.cs);
    this.own = made;
    return encode({ wireformat: "mls_key_package", keyPackage: made.publicPackage });
  }

  async create(groupId) {
    await this.keyPackage();
    this.state = await mls.createGroup(bytes(groupId), this.own.publicPackage, this.own.privatePackage, [], this.cs);
  }

  async join(welcome) {
    this.state = await mls.joinGroup(decode(welcome).welcome, this.own.publicPackage, this.own.privatePackage, this.pskIndex, this.cs);
  }

  async joinExternal(groupInfo) {
    await this.keyPackage();
    const importPublicKey = (key) => this.cs.hpke.importPublicKey(key);
    const external = decode(groupInfo).groupInfo.extensions.find((one) => one.extensionType === "external_pub").extensionData;
    const hpke = { ...this.cs.hpke, importPublicKey: (key) => importPublicKey(hex(key) === hex(external) ? withoutLength(key) : key) };
    const made = await mls.joinGroupExternal(decode(groupInfo).groupInfo, this.own.publicPackage, this.own.privatePackage, false, { ...this.cs, hpke });
    this.state = made.newState;
    return encode({ wireformat: "mls_public_message", publicMessage: made.publicMessage });
  }

  async groupInfo() {
    const exportPublicKey = async (key) => withLength(await this.cs.hpke.exportPublicKey(key));
    const cs = { ...this.cs, hpke: { ...this.cs.hpke, exportPublicKey } };
    const groupInfo = await mls.createGroupInfoWithExternalPubAndRatchetTree(this.state, [], cs);
    return encode({ wireformat: "mls_group_info", groupInfo });
  }

  proposals({ adds = [], removes = [], psks = [] }) {
    const nonce = () => crypto.getRandomValues(new Uint8Array(this.cs.kdf.size));
    return [
      ...adds.map((one) => ({ proposalType: "add", add: { keyPackage: decode(one).keyPackage } })),
      ...removes.map((removed) => ({ proposalType: "remove", remove: { removed } })),
      ...psks.map((id) => ({ proposalType: "psk", psk: { preSharedKeyId: { psktype: "external", pskId: bytes(id), pskNonce: nonce() } } })),
    ];
  }

  async commit(request) {
    const made = await mls.createCommit(
      { state: this.state, cipherSuite: this.cs, pskIndex: this.pskIndex },
      { extraProposals: this.proposals(request), wireAsPublicMessage: request.public, ratchetTreeExtension: true },
    );
    this.state = made.newState;
    const welcome = made.welcome && encode({ wireformat: "mls_welcome", welcome: made.welcome });
    return { commit: encode(made.commit), welcome };
  }

  async propose(request) {
    const made = await mls.createProposal(this.state, request.public, this.proposals(request)[0], this.cs);
    this.state = made.newState;
    return encode(made.message);
  }

  async receive(text) {
    const message = decode(text);
    const result =
      message.wireformat === "mls_public_message"
        ? await mls.processPublicMessage(this.state, message.publicMessage, this.pskIndex, this.cs)
        : await mls.processPrivateMessage(this.state, message.privateMessage, this.pskIndex, this.cs);
    this.state = result.newState;
    if (result.kind === "applicationMessage") return { kind: "application", data: hex(result.message) };
    return { kind: "handshake", removed: this.state.groupActiveState.kind === "removedFromGroup" };
  }

  async protect(data) {
    const made = await mls.createApplicationMessage(this.state, bytes(data), this.cs);
    this.state = made.newState;
    return encode({ wireformat: "mls_private_message", privateMessage: made.privateMessage });
  }

  async view() {
    const { keySchedule, groupContext, privatePath, ratchetTree } = this.state;
    const exported = await mls.mlsExporter(keySchedule.exporterSecret, "interop", new TextEncoder().encode("context"), 40, this.cs);
    const leaves = ratchetTree.flatMap((node, i) => (node?.nodeType === "leaf" ? [i / 2] : []));
    return {
      epoch: Number(groupContext.epoch),
      epoch_authenticator: hex(keySchedule.epochAuthenticator),
      exporter: hex(exported),
      tree_hash: hex(groupContext.treeHash),
      leaf: privatePath.leafIndex,
      members: leaves,
      unmerged: [...new Set(ratchetTree.flatMap((node) => (node?.nodeType === "parent" ? node.parent.unmergedLeaves : [])))],
    };
  }
}
