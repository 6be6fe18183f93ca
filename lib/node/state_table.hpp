// SPDX-License-Identifier: Apache-2.0
// StateTable: single values of tangle.db by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/prepared.hpp"

namespace pegasus::node {

/// Database thread.
class StateTable {
  public:
    explicit StateTable(store::Connection& connection)
        : get_(connection, "SELECT value FROM node_state WHERE name = ?"),
          put_(connection, "INSERT OR REPLACE INTO node_state (name, value) VALUES (?, ?)") {}

    [[nodiscard]] std::optional<std::string> text(const std::string& name) {
        auto rows = get_.rows(name);
        if (!rows.next()) return std::nullopt;
        return rows.text(0);
    }
    [[nodiscard]] std::optional<std::int64_t> integer(const std::string& name) {
        auto rows = get_.rows(name);
        if (!rows.next()) return std::nullopt;
        return rows.integer(0);
    }
    [[nodiscard]] std::optional<std::vector<std::uint8_t>> blob(const std::string& name) {
        auto rows = get_.rows(name);
        if (!rows.next()) return std::nullopt;
        const auto bytes = rows.blob(0);
        return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
    }
    void put(const std::string& name, const std::string& value) { (void)put_.run(name, value); }
    void put(const std::string& name, std::int64_t value) { (void)put_.run(name, value); }
    void put(const std::string& name, std::span<const std::uint8_t> value) {
        (void)put_.run(name, value);
    }

  private:
    Prepared get_;
    Prepared put_;
};

}  // namespace pegasus::node
