#include "base/units/text_folding.hpp"

#include <memory>

#include <glib.h>

#include "base/text.hpp"

namespace diemcau {
namespace {

struct GFree {
  void operator()(char* p) const { g_free(p); }
};
using GString_ = std::unique_ptr<char, GFree>;

GString_ normalized(std::string_view text, GNormalizeMode mode) {
  return GString_(g_utf8_normalize(text.data(), static_cast<gssize>(text.size()), mode));
}

bool is_tone_mark(gunichar c) {
  // grave, acute, tilde, hook above, dot below; the others (breve, circumflex, horn) make a letter.
  return c == 0x0300 || c == 0x0301 || c == 0x0303 || c == 0x0309 || c == 0x0323;
}

void append(std::string& out, gunichar c) {
  char buffer[6];
  out.append(buffer, static_cast<std::size_t>(g_unichar_to_utf8(c, buffer)));
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  return text.empty() ||
         g_utf8_validate_len(text.data(), text.size(), nullptr) == TRUE;  // refuses NUL as well
}

bool is_nfc(std::string_view text) {
  if (text.empty()) return true;
  if (!is_valid_utf8(text)) return false;
  const GString_ composed = normalized(text, G_NORMALIZE_NFC);
  return composed != nullptr && text == composed.get();
}

bool is_plain_title(std::string_view text, std::size_t most) {
  if (text.empty()) return true;
  if (text.size() > most * 4 || !is_plain_line(text) || !is_nfc(text)) return false;
  bool visible = false;
  for (const char* p = text.data(); p < text.data() + text.size(); p = g_utf8_next_char(p)) {
    const gunichar c = g_utf8_get_char(p);
    if (!g_unichar_isdefined(c)) return false;
    visible = visible || (!g_unichar_isspace(c) && !g_unichar_ismark(c));
  }
  return visible && characters_in(text) <= most;
}

std::string lower_case(std::string_view text) {
  if (text.empty()) return {};
  const GString_ lowered(g_utf8_strdown(text.data(), static_cast<gssize>(text.size())));
  const GString_ composed = normalized(lowered.get(), G_NORMALIZE_NFC);
  return composed ? composed.get() : std::string(text);
}

std::string fold_tone_placement(std::string_view text) {
  const std::string lowered = lower_case(text);
  const GString_ decomposed = normalized(lowered, G_NORMALIZE_NFD);
  std::string out;
  gunichar tone = 0;  // a syllable has one; it goes to the syllable's end
  for (const char* p = decomposed ? decomposed.get() : ""; *p != '\0'; p = g_utf8_next_char(p)) {
    const gunichar c = g_utf8_get_char(p);
    if (is_tone_mark(c)) {
      tone = c;
      continue;
    }
    if (tone != 0 && !g_unichar_isalpha(c) && !g_unichar_ismark(c)) {
      append(out, tone);
      tone = 0;
    }
    append(out, c);
  }
  if (tone != 0) append(out, tone);
  return out;
}

std::string fold_diacritics(std::string_view text) {
  const std::string lowered = lower_case(text);
  const GString_ decomposed = normalized(lowered, G_NORMALIZE_NFD);
  std::string out;
  for (const char* p = decomposed ? decomposed.get() : ""; *p != '\0'; p = g_utf8_next_char(p)) {
    const gunichar c = g_utf8_get_char(p);
    if (g_unichar_ismark(c)) continue;
    append(out, c == 0x0111 ? gunichar{'d'} : c);
  }
  return out;
}

}  // namespace diemcau
