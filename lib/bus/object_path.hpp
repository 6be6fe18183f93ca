// SPDX-License-Identifier: Apache-2.0
// Identifiers as elements of object paths, escaped as systemd does: all but [A-Za-z0-9] becomes _xx, empty becomes _.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pegasus::bus {

[[nodiscard]] std::string escapeElement(std::string_view id);
/// Undoes escapeElement(); nullopt for text that it cannot have made.
[[nodiscard]] std::optional<std::string> unescapeElement(std::string_view element);

/// kRootPath/folder/escaped id.
[[nodiscard]] std::string objectPath(std::string_view folder, std::string_view id);
/// The id in a path made by objectPath() with the same folder.
[[nodiscard]] std::optional<std::string> idOf(std::string_view folder, std::string_view path);

}  // namespace pegasus::bus
