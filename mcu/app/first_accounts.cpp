#include "mcu/app/first_accounts.hpp"

#include <iomanip>
#include <ostream>

#include "signaling/auth/secret.hpp"

namespace diemcau::mcu {
namespace {

using signaling::Role;

Result<void> create(Stores& stores, const std::string& username, const std::string& display_name,
                    Role role, std::vector<FirstAccount>& made) {
  auto tree = stores.units.today(stores.clock);
  if (!tree) return tree.error();
  const std::string password = signaling::random_password();
  auto account =
      stores.accounts.create({username, display_name, role, (*tree)->root().code}, password);
  if (account) {
    made.push_back({username, password, role});
  } else if (account.error().code != "account.exists") {
    return account.error();
  }
  return {};
}

}  // namespace

Result<std::vector<FirstAccount>> create_first_accounts(Stores& stores, bool demo) {
  std::vector<FirstAccount> made;
  auto empty = stores.accounts.empty();
  if (!empty) return empty.error();
  if (*empty) {
    if (auto done = create(stores, "admin", "Quản trị hệ thống", Role::admin, made); !done) {
      return done.error();
    }
  }
  if (demo) {
    if (auto done = create(stores, "chair", "Chủ tọa", Role::chair, made); !done)
      return done.error();
    if (auto done = create(stores, "secretary", "Thư ký", Role::secretary, made); !done) {
      return done.error();
    }
  }
  return made;
}

void print_first_accounts(std::ostream& out, const std::vector<FirstAccount>& accounts) {
  if (accounts.empty()) return;
  out << "\nTài khoản vừa tạo, chỉ hiện một lần · accounts just created, shown this once:\n";
  for (const FirstAccount& account : accounts) {
    out << "  " << std::left << std::setw(12) << account.username << account.password << "\n";
  }
  out << std::endl;
}

}  // namespace diemcau::mcu
