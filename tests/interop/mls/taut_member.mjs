// A member that the C++ peer holds: the same methods as TsMember, as requests over a pipe.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class Peer {
  constructor(path) {
    this.process = spawn(path, { stdio: ["pipe", "pipe", "inherit"] });
    this.waiting = [];
    createInterface({ input: this.process.stdout }).on("line", (line) => this.waiting.shift()?.resolve(JSON.parse(line)));
    this.process.on("exit", (code) => this.waiting.forEach((one) => one.reject(new Error(`the peer ended: ${code}`))));
  }

  async ask(request) {
    const answer = await new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.process.stdin.write(JSON.stringify(request) + "\n");
    });
    if (answer.error !== undefined) throw new Error(`taut refuses ${request.do}: ${answer.error}`);
    return answer;
  }

  end() {
    this.process.stdin.end();
  }
}

export class TautMember {
  constructor(name, peer) {
    Object.assign(this, { name, peer, kind: "taut" });
  }

  ask(what, more = {}) {
    return this.peer.ask({ do: what, member: this.name, ...more });
  }

  begin() {
    return this.ask("client");
  }
  async keyPackage() {
    return (await this.ask("key_package")).key_package;
  }
  create(groupId, options) {
    return this.ask("create", { group_id: groupId, ...options });
  }
  join(welcome, options) {
    return this.ask("join", { welcome, ...options });
  }
  async joinExternal(groupInfo, options) {
    return (await this.ask("join_external", { group_info: groupInfo, ...options })).commit;
  }
  async groupInfo() {
    return (await this.ask("group_info")).group_info;
  }
  commit(request) {
    return this.ask("commit", request);
  }
  async propose(request) {
    return (await this.ask("propose", request)).message;
  }
  receive(message) {
    return this.ask("receive", { message });
  }
  async protect(data) {
    return (await this.ask("protect", { data })).message;
  }
  view(request) {
    return this.ask("state", request);
  }
  reload() {
    return this.ask("reload");
  }
}
