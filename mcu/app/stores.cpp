#include "mcu/app/stores.hpp"

#include "mcu/meetings/documents/document_store.hpp"
#include "recording/catalogue.hpp"

namespace diemcau::mcu {

Stores::Stores(std::unique_ptr<Database> opened, const Clock& time)
    : clock(time),
      owned_(std::move(opened)),
      database(*owned_),
      units(database),
      events(database, clock),
      accounts(database, clock),
      tokens(database, clock),
      devices(database, clock),
      sessions(database, clock),
      meetings(database, units, clock),
      ballots(database, clock),
      links(database, tokens, clock),
      checks(database, clock) {}

Result<std::unique_ptr<Stores>> Stores::open(const std::filesystem::path& data,
                                             const std::string& database, const Clock& clock,
                                             std::size_t connections) {
  DatabaseOptions options;
  options.url = database_url(data, database);
  options.connections = connections;
  auto opened = Database::open(options);
  if (!opened) return opened.error();
  std::unique_ptr<Stores> stores(new Stores(std::move(*opened), clock));
  for (const Schema* schema :
       {&UnitStore::schema(), &EventLog::schema(), &signaling::AccountStore::schema(),
        &MeetingStore::schema(), &BallotBox::schema(), &CheckStore::schema(),
        &DocumentStore::schema(), &LinkStore::schema(), &recording::Catalogue::schema()}) {
    if (auto done = stores->database.migrate(*schema); !done) return done.error();
  }
  if (auto done = stores->units.import_default_if_empty(); !done) return done.error();
  return stores;
}

std::filesystem::path recordings_folder(const std::filesystem::path& data) {
  return data / "recordings";
}

std::filesystem::path documents_folder(const std::filesystem::path& data) {
  return data / "documents";
}

Result<signaling::MintedToken> mint_token(Stores& stores, const MeetingId& meeting,
                                          const UnitCode& unit, signaling::Role role,
                                          std::chrono::seconds ttl) {
  auto found = stores.meetings.find(meeting);
  if (!found) return found.error();
  if (found->state == MeetingState::closed) {
    return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
  }
  auto tree = stores.units.catalogue(found->catalogue);
  if (!tree) return tree.error();
  const Unit* known = (*tree)->find(unit);
  if (known == nullptr) {
    return make_error(Errc::invalid_argument, "units.unknown",
                      "no unit " + unit.value.substr(0, 40) + " in catalogue " + found->catalogue);
  }
  return stores.tokens.mint({meeting, unit, role, (*tree)->display_name(*known), ttl});
}

}  // namespace diemcau::mcu
