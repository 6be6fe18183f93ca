// SPDX-License-Identifier: Apache-2.0
// What a database has to do, without a clock; and many rows for it.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <string>

#include "store/database.hpp"

namespace pegasus::test {

/// Counts the instructions of SQLite's machine while it exists.
class StepCounter {
public:
    explicit StepCounter(store::Database& database) : database_(database) { watch(&StepCounter::tick, &steps_); }
    ~StepCounter() { watch(nullptr, nullptr); }
    StepCounter(const StepCounter&) = delete;
    StepCounter& operator=(const StepCounter&) = delete;
    [[nodiscard]] std::int64_t steps() const { return steps_.load(); }

private:
    static int tick(void* steps) {
        ++*static_cast<std::atomic<std::int64_t>*>(steps);
        return 0;
    }
    void watch(int (*handler)(void*), void* steps) {
        const auto work = [handler, steps](store::Connection& c) -> Result<void> {
            sqlite3_progress_handler(c.getHandle(), handler == nullptr ? 0 : 1, handler, steps);
            return {};
        };
        EXPECT_TRUE(database_.runNow(work));
    }
    store::Database& database_;
    std::atomic<std::int64_t> steps_ = 0;
};

inline void execute(store::Database& database, const std::string& sql) {
    const auto work = [sql](store::Connection& c) -> Result<void> {
        c.exec(sql);
        return {};
    };
    ASSERT_TRUE(database.runNow(work));
}

/// SQL: 81 trytes that differ with the integer `n` and with the letter `kind`.
inline std::string trytesOf(const std::string& n, char kind) {
    std::string text = "printf('%080d', " + n + ") || '" + kind + "'";
    const std::string digits = "9123456780", trytes = "JABCDEFGH9";
    for (std::size_t i = 0; i < digits.size(); ++i)
        text = "replace(" + text + ", '" + digits[i] + "', '" + trytes[i] + "')";
    return text;
}

/// SQL, before an INSERT: the numbers 1 to `count` as n (i).
inline std::string numbers(int count) {
    return "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count) + ") ";
}

}  // namespace pegasus::test
