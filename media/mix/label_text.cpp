#include "media/mix/label_text.hpp"

#include <memory>

#include <glib.h>

namespace diemcau::media {

namespace {
bool hides_or_reorders(gunichar c) {
  return (c >= 0x200B && c <= 0x200F) ||  // zero-width, LRM, RLM
         (c >= 0x202A && c <= 0x202E) ||  // embeddings and overrides
         (c >= 0x2060 && c <= 0x206F) ||  // word joiner, isolates
         c == 0x061C || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}
bool breaks_line(gunichar c) {
  return g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029;
}
}  // namespace

std::string displayable(std::string_view text, std::size_t most) {
  // Bounded before anything is done with it: a replaced byte grows to three, never more.
  const std::string_view head = text.substr(0, most);
  const std::unique_ptr<gchar, decltype(&g_free)> valid(
      g_utf8_make_valid(head.data() != nullptr ? head.data() : "",
                        static_cast<gssize>(head.size())),
      &g_free);
  std::string shown;
  for (const gchar* p = valid.get(); *p != '\0'; p = g_utf8_next_char(p)) {
    const gunichar c = g_utf8_get_char(p);
    if (hides_or_reorders(c)) continue;
    gchar coded[6];
    const int size = breaks_line(c) ? 1 : g_unichar_to_utf8(c, coded);
    if (breaks_line(c)) coded[0] = ' ';
    if (shown.size() + static_cast<std::size_t>(size) > most) break;
    shown.append(coded, static_cast<std::size_t>(size));
  }
  // A character cut by the bound ends as one replacement character nobody wrote.
  if (text.size() > most && shown.ends_with("\xEF\xBF\xBD")) shown.resize(shown.size() - 3);
  return shown;
}

}  // namespace diemcau::media
