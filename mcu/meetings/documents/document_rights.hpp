#pragma once
// Who may do what with a meeting's documents. Pure; `who` is what he is in this very meeting
// (standing.hpp), `manages` also a co-chair.

#include "base/result.hpp"
#include "mcu/meetings/documents/document.hpp"
#include "signaling/auth/identity.hpp"

namespace diemcau::mcu {

enum class DocumentVerb { read, show, take_back, give_out, remove };

/// A site's own unit only; who manages the meeting for any. Errors: auth.forbidden.
Result<void> check_may_add(const signaling::Identity& who, bool manages, const UnitCode& unit);

/// What was taken back is, for who does not manage the meeting, not there: document.not_found.
/// Errors: also auth.forbidden.
Result<void> check_may(DocumentVerb verb, const signaling::Identity& who, bool manages,
                       const Document& document);

}  // namespace diemcau::mcu
