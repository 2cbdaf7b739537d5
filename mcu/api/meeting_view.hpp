#pragma once
// A meeting as clients read it.

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "mcu/api/scope.hpp"
#include "signaling/http/types.hpp"

namespace diemcau::mcu {

struct Described {
  Meeting meeting;
  std::string chair_name, secretary_name;
  std::size_t expected = 0;
  /// What the one who asks is in this meeting; steps and changes follow from it.
  signaling::Role role = signaling::Role::viewer;
  /// For one meeting, not for a list.
  struct Plan {
    std::vector<AgendaItem> agenda;
    std::vector<std::string> speaker_names;  // by agenda item; empty where nobody is named
    std::vector<UnitCode> expected;
  };
  std::optional<Plan> plan;
};

enum class Detail { summary, whole };

/// Blocking.
Result<Described> describe(const ApiDependencies& api, const Reach& who, Meeting meeting,
                           Detail detail);

boost::json::object to_object(const Described& described, int connected);

/// With its revision as ETag.
signaling::HttpResponse meeting_reply(int status, const Described& described, int connected);

}  // namespace diemcau::mcu
