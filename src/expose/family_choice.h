// Which families a scraper wants: `collect[]=traffic&collect[]=certificate` are only these groups,
// `exclude[]=load_balance` all but this one, as exporters of many collectors have it. A group is a
// section of the reference. So a second scrape job can take the few series of certificates once a
// minute and leave the many of methods out.
#pragma once

#include <bitset>
#include <string_view>

#include "base/result.h"
#include "expose/catalogue.h"

namespace mesh {

class FamilyChoice {
 public:
  // All of them.
  FamilyChoice() { chosen_.set(); }

  // Of the query of a URL, %-escapes allowed; parameters of other names are of no concern here. The
  // error names the group that there is not, or says that one way must be chosen.
  static Result<FamilyChoice> parse(std::string_view query);

  bool has(Section section) const { return chosen_[static_cast<std::size_t>(section)]; }

 private:
  std::bitset<section_count> chosen_;
};

}  // namespace mesh
