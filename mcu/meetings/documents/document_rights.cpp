#include "mcu/meetings/documents/document_rights.hpp"

namespace diemcau::mcu {
namespace {

Error forbidden(const char* detail) {
  return make_error(Errc::forbidden, "auth.forbidden", detail);
}

}  // namespace

Result<void> check_may_add(const signaling::Identity& who, bool manages, const UnitCode& unit) {
  if (manages) return {};
  if (who.role != signaling::Role::site) return forbidden("a viewer brings no documents");
  if (unit != who.unit) return forbidden("a site brings documents of its own unit");
  return {};
}

Result<void> check_may(DocumentVerb verb, const signaling::Identity& who, bool manages,
                       const Document& document) {
  if (manages) return {};
  if (document.state == DocumentState::taken_back)
    return make_error(Errc::not_found, "document.not_found", "there is no such document");
  switch (verb) {
    case DocumentVerb::read:
      return {};
    case DocumentVerb::show:
      if (who.role == signaling::Role::site) return {};
      return forbidden("a viewer shows nothing");
    case DocumentVerb::take_back:
      if (who.role == signaling::Role::site && who.unit == document.unit) return {};
      return forbidden("a site takes back its own documents");
    case DocumentVerb::give_out:
    case DocumentVerb::remove:
      return forbidden("only chair or secretary may do this");
  }
  return forbidden("nobody may do this");
}

}  // namespace diemcau::mcu
