#include "tests/mcu/meetings/documents/samples.hpp"

#include <fstream>
#include <map>
#include <stdexcept>

#include <stdlib.h>
#include <zip.h>
#include <zlib.h>

namespace diemcau::test {
namespace {

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
  return out;
}

std::string chunk(const std::string& type, const std::string& data) {
  const std::string checked = type + data;
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + checked +
         big_endian(static_cast<std::uint32_t>(crc));
}

}  // namespace

std::string pdf(int pages, std::string_view catalog, const std::vector<std::string>& more) {
  constexpr int kFirstMore = 10;
  const int first_page = kFirstMore + static_cast<int>(more.size());
  std::map<int, std::string> objects;
  std::string kids;
  for (int i = 0; i < pages; ++i) {
    kids += std::to_string(first_page + i) + " 0 R ";
    objects[first_page + i] = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 595] >>";
  }
  objects[1] = "<< /Type /Catalog /Pages 2 0 R " + std::string(catalog) + " >>";
  objects[2] = "<< /Type /Pages /Kids [ " + kids + "] /Count " + std::to_string(pages) + " >>";
  for (std::size_t i = 0; i < more.size(); ++i) objects[kFirstMore + static_cast<int>(i)] = more[i];
  std::string out = "%PDF-1.7\n";
  std::map<int, std::size_t> at;
  for (const auto& [number, body] : objects) {
    at[number] = out.size();
    out += std::to_string(number) + " 0 obj\n" + body + "\nendobj\n";
  }
  const std::size_t table = out.size();
  out += "xref\n0 1\n0000000000 65535 f \n";
  for (const auto& [number, offset] : at) {
    const std::string digits = std::to_string(offset);
    out += std::to_string(number) + " 1\n" + std::string(10 - digits.size(), '0') + digits +
           " 00000 n \n";
  }
  out += "trailer\n<< /Size " + std::to_string(first_page + pages) +
         " /Root 1 0 R >>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
  return out;
}

std::string png(std::uint32_t width, std::uint32_t height) {
  const std::string row("\0\x80", 2);
  std::string packed(64, '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(row.data()), row.size());
  packed.resize(size);
  const std::string rest("\x08\0\0\0\0", 5);  // 8 bits, grey
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", big_endian(width) + big_endian(height) + rest) +
         chunk("IDAT", packed) + chunk("IEND", "");
}

std::string jpeg() {
  const auto bytes = [](std::initializer_list<int> list) {
    std::string out;
    for (const int byte : list) out += static_cast<char>(byte);
    return out;
  };
  std::string out = bytes({0xff, 0xd8});
  out += bytes({0xff, 0xdb, 0, 67, 0}) + std::string(64, '\x01');
  out += bytes({0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0});
  out += bytes({0xff, 0xc4, 0, 20, 0x00, 1}) + std::string(15, '\0') + bytes({0});
  out += bytes({0xff, 0xc4, 0, 20, 0x10, 1}) + std::string(15, '\0') + bytes({0});
  out += bytes({0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f, 0xff, 0xd9});
  return out;
}

void write_zip(const std::filesystem::path& file, const std::vector<ZipPart>& parts) {
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  if (archive == nullptr) throw std::runtime_error("no archive");
  for (const auto& part : parts) {
    zip_source_t* source = zip_source_buffer(archive, part.content.data(), part.content.size(), 0);
    if (zip_file_add(archive, part.name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0)
      throw std::runtime_error("no part");
  }
  if (zip_close(archive) != 0) throw std::runtime_error("archive not written");
}

std::vector<ZipPart> docx_parts(std::string_view main_type) {
  return {{"[Content_Types].xml",
           "<Types><Override PartName=\"/word/document.xml\" "
           "ContentType=\"application/vnd.openxmlformats-officedocument." +
               std::string(main_type) + "\"/></Types>"},
          {"_rels/.rels",
           "<Relationships><Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/"
           "officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>"
           "</Relationships>"},
          {"word/document.xml", "<w:document/>"}};
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "diemcau-doc-XXXXXX").string();
  path = ::mkdtemp(pattern.data());
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}
std::filesystem::path TemporaryFolder::write(const std::string& name,
                                             std::string_view bytes) const {
  const auto file = path / name;
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

}  // namespace diemcau::test
