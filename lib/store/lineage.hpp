// SPDX-License-Identifier: Apache-2.0
// Lineage: whether a state folder is the one that the last run left, or a copy that was put in its place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "store/database.hpp"

namespace pegasus::store {

/// One row: identities of the file `life` that count as ours, and how often this state was found to be a copy.
inline constexpr std::string_view kLineageSchema = R"sql(
CREATE TABLE store_lineage (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    before TEXT NOT NULL,
    present TEXT NOT NULL,
    copies INTEGER NOT NULL
) STRICT;
)sql";

/// What a copy of the state may not do is sign with keys that its original may have used since. A folder cannot know that it was
/// copied, but a file has an identity that no copy has: inode number and time of birth. Each run makes the file `life` in `folder`
/// anew and writes its identity into the database; a state whose `life` is another file than the database says is a copy,
/// whether all of the folder was put back or the database alone.
///
/// Moved files keep their identity: an original that was set aside and comes back is no copy, and need not be one, since the copy that ran
/// meanwhile knew itself. Not noticed: whole file systems that were set back (images, snapshots).
///
/// `database` contains kLineageSchema. Call once a run, before anything signs; blocks for some file accesses. Returns how often this state
/// was found to be a copy, this time included: durable, so that who acts upon it may do so later. NoSpace: the file cannot be made.
[[nodiscard]] Result<std::uint64_t> countCopies(Database& database, const std::filesystem::path& folder);

}  // namespace pegasus::store
