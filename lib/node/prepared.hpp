// SPDX-License-Identifier: Apache-2.0
// A prepared statement that is kept, and rows of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "store/database.hpp"

namespace pegasus::node {

/// A run of a statement; resets it at its end, so that no read stays open.
class Rows {
  public:
    explicit Rows(SQLite::Statement& statement) : statement_(&statement) {}
    ~Rows() { statement_->tryReset(); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    /// Goes to the first or next row.
    [[nodiscard]] bool next() { return statement_->executeStep(); }
    [[nodiscard]] std::int64_t integer(int column) const {
        return statement_->getColumn(column).getInt64();
    }
    [[nodiscard]] bool null(int column) const { return statement_->getColumn(column).isNull(); }
    [[nodiscard]] std::string text(int column) const {
        return statement_->getColumn(column).getString();
    }
    /// Valid until the next step.
    [[nodiscard]] std::span<const std::uint8_t> blob(int column) const {
        const auto value = statement_->getColumn(column);
        return {static_cast<const std::uint8_t*>(value.getBlob()),
                static_cast<std::size_t>(value.getBytes())};
    }

  private:
    SQLite::Statement* statement_;
};

/// Database thread. SQLite's exceptions pass through; the database turns them into errors.
class Prepared {
  public:
    Prepared(store::Connection& connection, const char* sql) : statement_(connection, sql) {}

    /// Binds the parameters in order. Not to be used again while the rows live.
    template <class... Args>
    [[nodiscard]] Rows rows(const Args&... args) {
        int index = 0;
        (bind(++index, args), ...);
        return Rows(statement_);
    }
    /// For statements without rows; returns the number of rows changed.
    template <class... Args>
    int run(const Args&... args) {
        const auto use = rows(args...);
        return statement_.exec();
    }

  private:
    void bind(int index, std::int64_t value) { statement_.bind(index, value); }
    void bind(int index, const std::string& value) { statement_.bind(index, value); }
    void bind(int index, std::span<const std::uint8_t> value) {
        static constexpr std::uint8_t kNothing = 0;  // a null pointer would bind NULL
        statement_.bindNoCopy(index, value.empty() ? &kNothing : value.data(),
                              static_cast<int>(value.size()));
    }

    SQLite::Statement statement_;
};

}  // namespace pegasus::node
