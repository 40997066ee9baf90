// Random steps in groups whose members are partly taut's and partly core-crypto's (OpenMLS). After every step
// all members agree on epoch, exporter and membership, and everyone reads what a random member writes.
//
//   node driver.mjs PEER [STEPS [SEED]]
import { Peer, TautMember } from "./taut_member.mjs";
import { hex, randomFrom } from "./random.mjs";
import { WireMember, identity } from "./wire_member.mjs";

const [peerPath, steps = "100", seed = "1"] = process.argv.slice(2);
const membersMax = 7;
/// core-crypto takes handshake messages as PublicMessage only.
const inPublic = { public: true };

class Run {
  constructor(suite, seedNumber, peer) {
    Object.assign(this, { suite, peer, seedNumber, random: randomFrom(seedNumber * 100 + suite), members: [], named: 1, counts: {} });
  }

  pick(list) {
    return list[this.random(list.length)];
  }
  of(kind) {
    return this.members.filter((member) => member.kind === kind);
  }
  others(one) {
    return this.members.filter((member) => member !== one);
  }

  async newcomer(kind) {
    const name = identity(this.named++);
    const member = kind === "wire" ? new WireMember(name, this.suite) : new TautMember(name, this.peer);
    await member.begin();
    return member;
  }

  async begin(creator) {
    await this.peer.ask({ do: "begin", suite: this.suite, seed: this.seedNumber });
    const first = await this.newcomer(creator);
    await first.create(hex(new TextEncoder().encode(`group of ${creator}`)), inPublic);
    this.members = [first];
    await this.add(creator === "wire" ? "taut" : "wire");
  }

  /// The message reaches everyone else; whoever it removes is gone.
  async deliver(sender, message) {
    const gone = [];
    for (const member of this.others(sender)) if ((await member.receive(message)).removed) gone.push(member);
    this.members = this.members.filter((member) => !gone.includes(member));
  }

  async commit(committer, request) {
    const made = await committer.commit(request);
    await this.deliver(committer, made.commit);
    return made;
  }

  async add(kind) {
    const joiner = await this.newcomer(kind);
    const committer = this.pick(this.members);
    const made = await this.commit(committer, { adds: [await joiner.keyPackage()] });
    await joiner.join(made.welcome, inPublic);
    this.members.push(joiner);
  }

  /// taut removes by leaf, core-crypto by name.
  async remove() {
    if (this.members.length < 3) return this.add(this.pick(["wire", "taut"]));
    const committer = this.pick(this.members);
    const target = this.pick(this.others(committer));
    if (committer.kind === "wire") {
      await this.commit(committer, { remove: target.name });
    } else {
      const { identities, members } = await committer.view();
      await this.commit(committer, { removes: [members[identities.indexOf(target.name)]] });
    }
    if (this.members.includes(target)) throw new Error(`${target.name} did not notice that it was removed`);
  }

  /// One of taut's proposes an Update, or somebody's Add; one of core-crypto's commits it.
  async propose() {
    const proposer = this.pick(this.of("taut"));
    const committer = this.pick(this.of("wire"));
    if (proposer === undefined || committer === undefined) return this.add(this.pick(["wire", "taut"]));
    await this.deliver(proposer, await proposer.propose({ update: true }));
    await this.deliver(committer, (await committer.commitPending()).commit);
  }

  /// core-crypto gives a GroupInfo with each of its commits only.
  async joinExternally(kind) {
    const helper = this.pick(this.members);
    if (helper.kind === "wire") await this.commit(helper, {});
    const groupInfo = helper.kind === "wire" ? helper.groupInfoMessage : await helper.groupInfo();
    const joiner = await this.newcomer(kind);
    await this.deliver(joiner, await joiner.joinExternal(groupInfo, inPublic));
    this.members.push(joiner);
  }

  async talk() {
    const sender = this.pick(this.members);
    const data = hex(new TextEncoder().encode(`from ${sender.name}, ${this.random(1000)}`));
    const messages = [await sender.protect(data), await sender.protect(data)];
    if (this.random(2) === 0) messages.reverse();
    for (const message of messages)
      for (const member of this.others(sender)) {
        const got = await member.receive(message);
        if (got.kind !== "application" || got.data !== data) throw new Error(`${member.name} misread ${sender.name}`);
      }
  }

  async view(member) {
    if (member.kind === "wire") return member.view();
    if (this.random(4) === 0) await member.reload();
    const { epoch, exporter, identities } = await member.view({ label: "exporter", context: "" });
    return { epoch, exporter, members: identities };
  }

  async agree() {
    const views = [];
    for (const member of this.members) {
      const view = await this.view(member);
      views.push({ ...view, members: view.members.sort() });
    }
    for (const [i, view] of views.entries())
      for (const what of ["epoch", "exporter", "members"])
        if (JSON.stringify(view[what]) !== JSON.stringify(views[0][what]))
          throw new Error(`${this.members[i].name} and ${this.members[0].name} differ in ${what}`);
  }

  step() {
    const kind = this.pick(["wire", "taut"]);
    const full = this.members.length >= membersMax;
    const choices = {
      add: () => (full ? this.remove() : this.add(kind)),
      remove: () => this.remove(),
      commit: () => this.commit(this.pick(this.members), {}),
      propose: () => this.propose(),
      external: () => (full ? this.remove() : this.joinExternally(kind)),
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
  for (const creator of ["taut", "wire"]) {
    const run = new Run(suite, Number(seed), peer);
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
      console.log(`suite ${suite}, group of ${creator}, seed ${seed}: step ${at} (${run.last}) fails: ${error.stack}`, JSON.stringify(error.inner?.mlsError?.inner));
    }
  }
}
peer.end();
process.exit(failed ? 1 : 0);
