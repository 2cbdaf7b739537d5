#pragma once
// The accounts a new installation begins with.

#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mcu/app/stores.hpp"

namespace diemcau::mcu {

struct FirstAccount {
  std::string username;
  std::string password;  // shown once, stored nowhere
  signaling::Role role = signaling::Role::admin;
};

/// "admin" when there is no account at all; with `demo` also "chair" and "secretary" where they are
/// missing. Those made now; empty at every later start.
Result<std::vector<FirstAccount>> create_first_accounts(Stores& stores, bool demo);

/// The one place where they can be read.
void print_first_accounts(std::ostream& out, const std::vector<FirstAccount>& accounts);

}  // namespace diemcau::mcu
