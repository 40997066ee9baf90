#include "frame/log_access.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Bytes log_access_tbs(const SessionId& session, const LogId& log, const AccessKey& key) {
  return wire::written([&](wire::Writer& out) { out.raw(session.view()).raw(log.view()).raw(key.view()); });
}

Result<crypto::SignatureKeyPair> access_key_pair(const AccessSeed& seed) {
  return crypto::SignatureKeyPair::from_private(crypto::SignatureId::ed25519, seed.expose());
}

AccessKey access_key_of(const crypto::SignatureKeyPair& pair) {
  return AccessKey(pair.public_key.bytes.view().first<AccessKey::size_bytes>());
}

Result<AccessProof> prove_log_access(const crypto::SignatureKeyPair& pair, const SessionId& session,
                                     const LogId& log) {
  if (pair.public_key.id != crypto::SignatureId::ed25519) return fail(Errc::misuse, reasons::kMisuse);
  const Bytes tbs = log_access_tbs(session, log, access_key_of(pair));
  TAUT_TRY(const crypto::Signature signature,
           crypto::sign_with_label(pair, crypto::kTautPrefix, kLogAccessLabel, tbs));
  return AccessProof(signature.view().first<AccessProof::size_bytes>());
}

Status verify_log_access(const AccessProof& proof, const SessionId& session, const LogId& log,
                         const AccessKey& key) {
  TAUT_TRY(const crypto::SignaturePublic signer,
           crypto::SignaturePublic::from_bytes(crypto::SignatureId::ed25519, key.view()));
  return crypto::verify_with_label(signer, crypto::kTautPrefix, kLogAccessLabel,
                                   log_access_tbs(session, log, key), proof.view());
}

Result<OpenLog> OpenLog::read(wire::Reader& in) {
  OpenLog open;
  TAUT_TRY(open.request, in.u32());
  TAUT_TRY(open.log, in.value<LogId>());
  TAUT_TRY(open.key, in.value<AccessKey>());
  TAUT_TRY(open.proof, in.value<AccessProof>());
  TAUT_TRY(open.retention_s, in.u32());
  TAUT_TRY(open.retention_bytes, in.u64());
  TAUT_TRY(open.extensions, read_extensions(in));
  return open;
}

void OpenLog::write(wire::Writer& out) const {
  out.u32(request).raw(log.view()).raw(key.view()).raw(proof.view());
  out.u32(retention_s).u64(retention_bytes);
  wire::write_extensions(out, extensions);
}

Result<ProveAccess> ProveAccess::read(wire::Reader& in) {
  ProveAccess prove;
  TAUT_TRY(prove.request, in.u32());
  TAUT_TRY(prove.log, in.value<LogId>());
  TAUT_TRY(prove.key, in.value<AccessKey>());
  TAUT_TRY(prove.proof, in.value<AccessProof>());
  TAUT_TRY(prove.extensions, read_extensions(in));
  return prove;
}

void ProveAccess::write(wire::Writer& out) const {
  out.u32(request).raw(log.view()).raw(key.view()).raw(proof.view());
  wire::write_extensions(out, extensions);
}

Result<NameSuccessor> NameSuccessor::read(wire::Reader& in) {
  NameSuccessor name;
  TAUT_TRY(name.request, in.u32());
  TAUT_TRY(name.log, in.value<LogId>());
  TAUT_TRY(name.key, in.value<AccessKey>());
  TAUT_TRY(name.successor, in.value<AccessKey>());
  TAUT_TRY(name.extensions, read_extensions(in));
  return name;
}

void NameSuccessor::write(wire::Writer& out) const {
  out.u32(request).raw(log.view()).raw(key.view()).raw(successor.view());
  wire::write_extensions(out, extensions);
}

Result<SetRetention> SetRetention::read(wire::Reader& in) {
  SetRetention set;
  TAUT_TRY(set.request, in.u32());
  TAUT_TRY(set.log, in.value<LogId>());
  TAUT_TRY(set.key, in.value<AccessKey>());
  TAUT_TRY(set.retention_s, in.u32());
  TAUT_TRY(set.retention_bytes, in.u64());
  TAUT_TRY(set.extensions, read_extensions(in));
  return set;
}

void SetRetention::write(wire::Writer& out) const {
  out.u32(request).raw(log.view()).raw(key.view()).u32(retention_s).u64(retention_bytes);
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
