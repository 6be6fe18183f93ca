// SPDX-License-Identifier: Apache-2.0
// One YAML document as a tree with places, read within bounds of size, depth and time. Names yaml-cpp in its source only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pegasus::config {

/// Counted from 1.
struct Place {
    int line = 1;
    int column = 1;
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Entry {
    std::string key;
    Place place;  ///< of the key
    NodePtr value;
};

struct Node {
    enum class Kind : std::uint8_t { Null, Scalar, List, Map };

    Kind kind = Kind::Null;
    Place place;
    bool anchored = false;
    std::string text;            ///< of a scalar
    std::vector<NodePtr> items;  ///< of a list
    std::vector<Entry> entries;  ///< of a map: in the order of the file, merge keys resolved, no key twice

    [[nodiscard]] const Entry* find(std::string_view key) const;
};

struct TreeProblem {
    Place place;
    std::string text;
};

struct Tree {
    NodePtr root;  ///< never null
    std::vector<TreeProblem> problems;
};

/// Aliases share what they name, so they cost nothing. Problems: what is not YAML, not UTF-8, too deep (32) or too much
/// (20 000 nodes, 1 000 keys in a map), a key that is given twice, a further document, a tag. `file` stands in texts that name a second place.
[[nodiscard]] Tree parseTree(const std::string& text, std::string_view file);

}  // namespace pegasus::config
