// The page a scraper reads: the families of the catalogue, in the format it asked for. A pure
// function of the snapshot and of the numbers of our own process.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "expose/family_builder.h"
#include "expose/family_choice.h"
#include "expose/negotiate.h"
#include "expose/page.h"
#include "expose/protobuf.h"

namespace mesh {

// Writes families part by part in one format, so that only few samples exist beside their text.
class FamilyWriter {
 public:
  explicit FamilyWriter(Format format) : format_(format) {}

  // What is complete by now.
  std::string add(FamilyPart part);
  // What is left, and what ends a page.
  std::string finish();

 private:
  Format format_;
  ProtobufPage messages_;
};

// Hands the page out in pieces: that of a large node has 14 MB.
void render_metrics_page(const Page& page, Format format, const FamilyChoice& choice,
                         const std::function<void(std::string_view text)>& add);

// The whole of it.
std::string render_metrics_page(const Page& page, Format format, const FamilyChoice& choice = {});

}  // namespace mesh
