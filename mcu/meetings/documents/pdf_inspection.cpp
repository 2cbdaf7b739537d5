// What a PDF (ISO 32000-1) may not hold, looked for in all its objects with qpdf.

#include <algorithm>
#include <array>

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>

#include "mcu/meetings/documents/inspection.hpp"

namespace diemcau::mcu {
namespace {

using Object = QPDFObjectHandle;

constexpr int kMostNesting = 100;

// Actions (§12.6.4) that run, start or send something, or open a file beside or inside this one.
constexpr std::array kActions{"/JavaScript", "/Launch", "/SubmitForm", "/ImportData",      "/GoToE",
                              "/GoToR",      "/Movie",  "/Rendition",  "/RichMediaExecute"};
// Keys that stand only where such things are.
constexpr std::array kActiveKeys{"/JS", "/JavaScript", "/XFA", "/RichMediaContent"};
constexpr std::array kActiveAnnotations{"/RichMedia", "/3D", "/Movie", "/Screen"};

Error active() {
  return make_error(Errc::unsupported, "document.active",
                    "the PDF holds scripts, forms or actions that run when it is opened");
}
Error attachments() {
  return make_error(Errc::unsupported, "document.attachments",
                    "the PDF holds other files: export it without attachments");
}
Error too_complex() {
  return make_error(Errc::unsupported, "document.too_complex",
                    "the PDF has more pages or deeper nesting than a meeting needs");
}

template <class Names>
bool is_one_of(Object value, const Names& names) {
  return value.isName() && std::ranges::find(names, value.getName()) != names.end();
}

Result<void> check_dictionary(Object dictionary) {
  if (is_one_of(dictionary.getKey("/S"), kActions)) return active();
  if (is_one_of(dictionary.getKey("/Subtype"), kActiveAnnotations)) return active();
  for (const char* key : kActiveKeys)
    if (dictionary.hasKey(key)) return active();
  const auto is = [&](const char* key, const char* name) {
    return is_one_of(dictionary.getKey(key), std::array{name});
  };
  if (is("/Type", "/EmbeddedFile") || is("/Subtype", "/FileAttachment")) return attachments();
  if (dictionary.hasKey("/EmbeddedFiles")) return attachments();
  const bool file = dictionary.hasKey("/F") || dictionary.hasKey("/UF");
  if (file && dictionary.getKey("/EF").isDictionary()) return attachments();
  return {};
}

/// What stands directly in it; what it refers to is in the list of all objects itself.
Result<void> check(Object object, int depth) {
  if (depth > kMostNesting) return too_complex();
  if (object.isStream()) return check(object.getDict(), depth + 1);
  if (object.isDictionary()) {
    if (auto fine = check_dictionary(object); !fine) return fine;
    for (const auto& key : object.getKeys()) {
      Object child = object.getKey(key);
      if (child.isIndirect()) continue;
      if (auto fine = check(child, depth + 1); !fine) return fine;
    }
  } else if (object.isArray()) {
    for (int i = 0; i < object.getArrayNItems(); ++i) {
      Object child = object.getArrayItem(i);
      if (child.isIndirect()) continue;
      if (auto fine = check(child, depth + 1); !fine) return fine;
    }
  }
  return {};
}

}  // namespace

Result<Inspection> inspect_pdf(const std::filesystem::path& file) {
  const auto damaged = [](const char* why) {
    return make_error(Errc::unsupported, "document.damaged", why);
  };
  try {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processFile(file.c_str());
    if (pdf.isEncrypted())
      return make_error(Errc::unsupported, "document.encrypted",
                        "the PDF is protected by a password or against copying");
    for (const Object& object : pdf.getAllObjects())
      if (auto fine = check(object, 0); !fine) return fine.error();
    const auto pages = QPDFPageDocumentHelper(pdf).getAllPages().size();
    if (pages == 0) return damaged("the PDF has no page");
    if (pages > kMostPages) return too_complex();
    return Inspection{ContentKind::pdf, static_cast<int>(pages)};
  } catch (const QPDFExc& e) {
    if (e.getErrorCode() == qpdf_e_password)
      return make_error(Errc::unsupported, "document.encrypted", "the PDF asks for a password");
    return damaged("the PDF's structure is broken");
  } catch (const std::bad_alloc&) {
    return too_complex();
  } catch (const std::exception&) {
    return damaged("the PDF cannot be read");
  }
}

}  // namespace diemcau::mcu
