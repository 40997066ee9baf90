// Random steps in groups whose members are partly taut's and partly ts-mls's. After every step all members
// agree on epoch authenticator, exporter and tree, and everyone reads what a random member writes.
//
//   node driver.mjs PEER [STEPS [SEED]]
import { Peer, TautMember } from "./taut_member.mjs";
import { bytes, hex, randomFrom } from "./random.mjs";
import { TsMember, loadSuite } from "./ts_member.mjs";

const [peerPath, steps = "200", seed = "1"] = process.argv.slice(2);
const membersMax = 9;

class Run {
  constructor(suite, seedNumber, peer) {
    Object.assign(this, { suite, peer, seedNumber, random: randomFrom(seedNumber * 100 + suite), members: [], psks: {}, named: 0, counts: {} });
  }

  pick(list) {
    return list[this.random(list.length)];
  }
  chance() {
    return this.random(2) === 0;
  }

  async newcomer(kind) {
    const name = `${kind}-${this.named++}`;
    if (kind === "ts") return new TsMember(name, this.cs, this.psks);
    const member = new TautMember(name, this.peer);
    await member.begin();
    return member;
  }

  async begin(creator) {
    this.cs = await loadSuite(this.suite);
    await this.peer.ask({ do: "begin", suite: this.suite, seed: this.seedNumber });
    const first = await this.newcomer(creator);
    await first.create(hex(new TextEncoder().encode(`group of ${first.name}`)), { public: this.chance() });
    this.members = [first];
    await this.add(creator === "ts" ? "taut" : "ts");
  }

  others(one) {
    return this.members.filter((member) => member !== one);
  }

  /// The message reaches everyone else; whoever it removes is gone.
  async deliver(sender, message) {
    const gone = [];
    for (const member of this.others(sender)) if ((await member.receive(message)).removed) gone.push(member);
    this.members = this.members.filter((member) => !gone.includes(member));
  }

  async leafOf(member) {
    return (await member.view()).leaf;
  }

  /// ts-mls refuses to join where nodes list different unmerged leaves, although that is allowed: each of
  /// them commits first.
  async healUnmerged() {
    for (;;) {
      const unmerged = (await this.members[0].view()).unmerged;
      if (unmerged.length === 0) return;
      for (const member of this.members)
        if ((await this.leafOf(member)) === unmerged[0]) await this.commit(member, {});
    }
  }

  async commit(committer, request) {
    const made = await committer.commit({ public: this.chance(), ...request });
    await this.deliver(committer, made.commit);
    return made;
  }

  async add(kind) {
    if (kind === "ts") await this.healUnmerged();
    const joiner = await this.newcomer(kind);
    const committer = this.pick(this.members);
    const keyPackage = await joiner.keyPackage();
    let request = { adds: [keyPackage], path: kind === "ts" ? false : this.chance() };
    if (this.members.length > 1 && this.chance()) {  // proposed by one, committed by another
      const proposer = this.pick(this.others(committer));
      await this.deliver(proposer, await proposer.propose({ adds: [keyPackage], public: this.chance() }));
      request = { ...request, adds: [] };
    }
    const made = await this.commit(committer, request);
    await joiner.join(made.welcome, { public: this.chance() });
    this.members.push(joiner);
  }

  async remove() {
    if (this.members.length < 3) return this.add(this.pick(["ts", "taut"]));
    const committer = this.pick(this.members);
    const target = this.pick(this.others(committer));
    const removed = await this.leafOf(target);
    await this.commit(committer, { removes: [removed] });
    if (this.members.includes(target)) throw new Error(`${target.name} did not notice that it was removed`);
  }

  async update() {
    const updater = this.pick(this.members.filter((member) => member.kind === "taut"));
    if (updater === undefined || this.members.length < 2) return this.commit(this.pick(this.members), {});
    await this.deliver(updater, await updater.propose({ update: true }));
    await this.commit(this.pick(this.others(updater)), {});
  }

  async psk() {
    const psk_id = hex(new TextEncoder().encode(`psk ${this.named++}`));
    const psk = hex(new TextEncoder().encode(`a secret, the ${this.named}th`));
    this.psks[Buffer.from(psk_id, "hex").toString("base64")] = bytes(psk);
    await this.peer.ask({ do: "psk", psk_id, psk });
    await this.commit(this.pick(this.members), { psks: [psk_id] });
  }

  async joinExternally(kind) {
    if (kind === "ts") await this.healUnmerged();
    const joiner = await this.newcomer(kind);
    const commit = await joiner.joinExternal(await this.pick(this.members).groupInfo(), { public: this.chance() });
    await this.deliver(joiner, commit);
    this.members.push(joiner);
  }

  /// A member loses its state and comes back in its own place.
  async rejoin() {
    const lost = this.pick(this.members.filter((member) => member.kind === "taut"));
    if (lost === undefined || this.members.length < 2) return this.joinExternally("taut");
    const helper = this.pick(this.others(lost));
    const replaces = await this.leafOf(lost);
    const groupInfo = await helper.groupInfo();
    this.members = this.others(lost);
    await lost.begin();
    await this.deliver(lost, await lost.joinExternal(groupInfo, { replaces, public: this.chance() }));
    this.members.push(lost);
  }

  async extensions() {
    const committer = this.pick(this.members.filter((member) => member.kind === "taut"));
    if (committer === undefined) return this.add("taut");
    await this.commit(committer, { required_credentials: this.chance() ? [1] : [1, 2] });
  }

  async talk() {
    const sender = this.pick(this.members);
    const data = hex(new TextEncoder().encode(`from ${sender.name}, ${this.random(1000)}`));
    const messages = [await sender.protect(data), await sender.protect(data)];
    if (this.chance()) messages.reverse();
    for (const message of messages)
      for (const member of this.others(sender)) {
        const got = await member.receive(message);
        if (got.kind !== "application" || got.data !== data) throw new Error(`${member.name} misread ${sender.name}`);
      }
  }

  async agree() {
    const views = [];
    for (const member of this.members) {
      if (member.kind === "taut" && this.random(4) === 0) await member.reload();
      views.push(await member.view());
    }
    for (const [i, view] of views.entries())
      for (const what of ["epoch", "epoch_authenticator", "exporter", "tree_hash", "members"])
        if (JSON.stringify(view[what]) !== JSON.stringify(views[0][what]))
          throw new Error(`${this.members[i].name} and ${this.members[0].name} differ in ${what}`);
  }

  step() {
    const kind = this.pick(["ts", "taut"]);
    const full = this.members.length >= membersMax;
    const choices = {
      add: () => (full ? this.remove() : this.add(kind)),
      remove: () => this.remove(),
      commit: () => this.commit(this.pick(this.members), {}),
      update: () => this.update(),
      psk: () => this.psk(),
      external: () => (full ? this.remove() : this.joinExternally(kind)),
      rejoin: () => this.rejoin(),
      extensions: () => this.extensions(),
    };
    const name = this.pick(Object.keys(choices));
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    this.last = name;
    return choices[name]();
  }
}

const peer = new Peer(peerPath);
let failed = false;
for (const suite of [1, 2, 3, 7]) {
  for (const creator of ["taut", "ts"]) {
    const run = new Run(suite, Number(seed) + (creator === "ts" ? 1 : 0), peer);
    let at = 0;
    try {
      await run.begin(creator);
      for (; at < Number(steps) / 2; ++at) {
        await run.step();
        await run.agree();
        await run.talk();
      }
      console.log(`suite ${suite}, group of ${creator}, seed ${seed}: ${at} steps`, JSON.stringify(run.counts));
    } catch (error) {
      failed = true;
      console.log(`suite ${suite}, group of ${creator}, seed ${seed}: step ${at} (${run.last}) fails: ${error.stack}`);
    }
  }
}
peer.end();
process.exit(failed ? 1 : 0);
