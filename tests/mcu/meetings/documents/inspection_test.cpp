#include "mcu/meetings/documents/inspection.hpp"

#include <gtest/gtest.h>

#include "mcu/meetings/documents/inspector.hpp"
#include "tests/mcu/meetings/documents/samples.hpp"

namespace diemcau::mcu {
namespace {

using test::docx_parts;
using test::pdf;
using test::ZipPart;

class InspectionTest : public ::testing::Test {
 protected:
  Result<Inspection> inspect(std::string_view bytes) {
    return inspect_file(folder_.write("document", bytes));
  }
  std::string refusal(std::string_view bytes) {
    const auto result = inspect(bytes);
    return result ? "accepted" : result.error().code;
  }
  Result<Inspection> inspect_zip(const std::vector<ZipPart>& parts) {
    test::write_zip(folder_.path / "document", parts);
    return inspect_file(folder_.path / "document");
  }
  std::string refusal(const std::vector<ZipPart>& parts) {
    const auto result = inspect_zip(parts);
    return result ? "accepted" : result.error().code;
  }
  std::string refusal_with(ZipPart part) {
    auto parts = docx_parts();
    parts.push_back(std::move(part));
    return refusal(parts);
  }
  test::TemporaryFolder folder_;
};

TEST_F(InspectionTest, counts_the_pages_of_a_plain_pdf) {
  const auto three = inspect(pdf(3));
  ASSERT_TRUE(three) << three.error().detail;
  EXPECT_EQ(three->kind, ContentKind::pdf);
  EXPECT_EQ(three->pages, 3);
  EXPECT_TRUE(inspect(pdf(1, "/OpenAction [10 0 R /Fit]", {"<< /Type /Page >>"})));
}

TEST_F(InspectionTest, knows_documents_by_their_content_alone) {
  EXPECT_EQ(inspect(test::png())->kind, ContentKind::png);
  EXPECT_EQ(inspect(test::jpeg())->kind, ContentKind::jpeg);
  for (const char* stranger : {"", "GIF89a", "<svg/>", "<html>%PDF-1.7", "MZ",
                               "\x7f"
                               "ELF",
                               "{\\rtf1", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"})
    EXPECT_EQ(refusal(stranger), "document.unknown_type") << stranger;
}

TEST_F(InspectionTest, refuses_a_pdf_that_runs_sends_or_starts_something) {
  for (const char* catalog : {
           "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
           "/OpenAction << /S /Launch /F (calc.exe) >>",
           "/OpenAction << /S /GoToE >>",
           "/OpenAction << /S /GoToR /F (//host/share/x.pdf) >>",
           "/AA << /WC << /S /SubmitForm /F (http://x) >> >>",
           "/Names << /JavaScript << /Names [] >> >>",
           "/AcroForm << /XFA [] >>",
           "/X << /Subtype /RichMedia >>",
           "/X [ [ << /S /ImportData >> ] ]",
       })
    EXPECT_EQ(refusal(pdf(1, catalog)), "document.active") << catalog;
  EXPECT_EQ(refusal(pdf(1, "", {"<< /S /JavaScript /JS 11 0 R >>"})), "document.active")
      << "in an object that nothing refers to";
  EXPECT_EQ(refusal(pdf(1, "/OpenAction << /S /#4aavaScript >>")), "document.active")
      << "written with an escape";
}

TEST_F(InspectionTest, refuses_a_pdf_with_files_inside) {
  EXPECT_EQ(refusal(pdf(1, "/Names << /EmbeddedFiles << /Names [] >> >>")), "document.attachments");
  EXPECT_EQ(refusal(pdf(1, "/X << /Type /Filespec /F (a) /EF << /F 10 0 R >> >>")),
            "document.attachments");
  EXPECT_EQ(refusal(pdf(1, "", {"<< /Type /EmbeddedFile /Length 2 >>\nstream\nMZ\nendstream"})),
            "document.attachments");
  EXPECT_EQ(refusal(pdf(1, "/X << /Subtype /FileAttachment >>")), "document.attachments");
}

TEST_F(InspectionTest, refuses_a_protected_pdf) {
  const std::string thirty_two(32, 'x');
  std::string sample = pdf(
      1, "",
      {"<< /Filter /Standard /V 1 /R 2 /P -4 /O (" + thirty_two + ") /U (" + thirty_two + ") >>"});
  const auto at = sample.find("/Root 1 0 R");
  sample.insert(at, "/ID [(a) (a)] /Encrypt 10 0 R ");
  EXPECT_EQ(refusal(sample), "document.encrypted");
}

TEST_F(InspectionTest, refuses_a_pdf_of_no_page_of_too_many_or_of_noise) {
  EXPECT_EQ(refusal(pdf(0)), "document.damaged");
  EXPECT_EQ(refusal(pdf(kMostPages + 1)), "document.too_complex");
  EXPECT_EQ(refusal("%PDF-1.7\n" + std::string(5000, 'x')), "document.damaged");
  EXPECT_EQ(refusal("%PDF-"), "document.damaged");
}

TEST_F(InspectionTest, refuses_nesting_that_no_document_needs) {
  const std::string deep = "/X " + std::string(450, '[') + std::string(450, ']');
  EXPECT_NE(refusal(pdf(1, deep)), "accepted");
}

TEST_F(InspectionTest, tells_the_three_office_formats_apart) {
  EXPECT_EQ(inspect_zip(docx_parts())->kind, ContentKind::docx);
  EXPECT_EQ(inspect_zip(docx_parts("spreadsheetml.sheet.main+xml"))->kind, ContentKind::xlsx);
  EXPECT_EQ(inspect_zip(docx_parts("presentationml.presentation.main+xml"))->kind,
            ContentKind::pptx);
}

TEST_F(InspectionTest, refuses_an_office_file_with_macros_programs_or_a_foreign_template) {
  EXPECT_EQ(refusal(docx_parts("wordprocessingml.document.macroEnabled.main+xml")),
            "document.active");
  EXPECT_EQ(refusal_with({"word/vbaProject.bin", "x"}), "document.active");
  EXPECT_EQ(refusal_with({"word/VBAPROJECT.BIN", "x"}), "document.active");
  EXPECT_EQ(refusal_with({"word/embeddings/oleObject1.bin", "x"}), "document.active");
  EXPECT_EQ(refusal_with({"word/run.exe", "MZ"}), "document.active");
  EXPECT_EQ(refusal_with({"word/_rels/settings.xml.rels",
                          "<Relationship Type=\"x/attachedTemplate\" Target=\"http://x\" "
                          "TargetMode=\"External\"/>"}),
            "document.active");
}

TEST_F(InspectionTest, refuses_archives_that_are_no_office_file_or_lead_elsewhere) {
  EXPECT_EQ(refusal({{"a.txt", "x"}}), "document.unknown_type");
  EXPECT_EQ(refusal_with({"../../etc/passwd", "x"}), "document.damaged");
  EXPECT_EQ(refusal_with({"/etc/passwd", "x"}), "document.damaged");
  EXPECT_EQ(refusal_with({"WORD/document.xml", "x"}), "document.damaged");
  EXPECT_EQ(refusal("PK\x03\x04 and nothing more"), "document.damaged");
}

TEST_F(InspectionTest, refuses_an_archive_that_unpacks_to_more_than_it_may) {
  EXPECT_EQ(refusal_with({"word/media/zeros.bin", std::string(513u << 20, '\0')}),
            "document.too_complex");
}

TEST_F(InspectionTest, is_done_by_a_program_of_its_own_with_the_same_answers) {
  const Inspector inspector(DIEMCAU_INSPECT);
  const auto two = inspector.inspect(folder_.write("document", pdf(2)));
  ASSERT_TRUE(two) << two.error().detail;
  EXPECT_EQ(two->pages, 2);
  EXPECT_EQ(inspector.inspect(folder_.write("document", "no")).error().code,
            "document.unknown_type");
  EXPECT_EQ(inspector.inspect(folder_.path / "missing").error().code, "document.unknown_type");
  EXPECT_EQ(Inspector("/nonexistent").inspect(folder_.path / "x").error().code,
            "document.not_inspected");
  EXPECT_EQ(Inspector("/bin/false").inspect(folder_.path / "x").error().code,
            "document.too_complex");
}

TEST(Verdict, comes_back_as_it_was_given) {
  const auto fine = read_verdict(to_verdict(Inspection{ContentKind::xlsx, 0}));
  ASSERT_TRUE(fine);
  EXPECT_EQ(fine->kind, ContentKind::xlsx);
  const auto refused =
      read_verdict(to_verdict(make_error(Errc::unsupported, "document.damaged", "it is broken")));
  EXPECT_EQ(refused.error().code, "document.damaged");
  EXPECT_EQ(refused.error().detail, "it is broken");
}

TEST(Verdict, of_a_program_that_was_taken_over_is_not_believed) {
  for (const char* line :
       {"", "ok", "ok pdf 1", "ok pdf -1\n", "ok pdf 99999\n", "ok exe 1\n", "ok pdf 1 \n",
        "no auth.forbidden x\n", "no document.damaged \x01\n", "maybe\n"})
    EXPECT_EQ(read_verdict(line).error().code, "document.too_complex") << line;
}

}  // namespace
}  // namespace diemcau::mcu
