// SPDX-License-Identifier: Apache-2.0
// A wallet that has worked for years costs no more than a new one, and keeps nothing that nobody asks for.
#include "fixture.hpp"
#include "support/database_steps.hpp"

namespace pegasus::wallet {
namespace {

using namespace std::chrono_literals;
using test::trytesOf;

struct Years : WalletTest {
    void exec(const std::string& sql) { test::execute(*life->database, sql); }
    std::int64_t count(const std::string& table) {
        const auto work = [table](store::Connection& c) -> Result<std::int64_t> {
            return c.execAndGet("SELECT count(*) FROM " + table).getInt64();
        };
        return life->database->runNow(work).value();
    }
    /// So many messages that were sent, payments that came, and keys that have signed.
    void workFor(int sales) {
        const auto each = test::numbers(sales);
        exec(each + "INSERT INTO wallet_transfer (reference, request, label, bundle, state, amount, created_us, settled_us, trytes, taken) "
                    "SELECT 'reply ' || i, '', 'key delivery', " + trytesOf("i", 'B') + ", 2, 0, 1, 1600000000000000, '', 1 FROM n");
        exec("INSERT INTO wallet_tail SELECT " + trytesOf("id", 'T') + ", id, 0 FROM wallet_transfer WHERE amount = 0");
        exec(each + "INSERT INTO wallet_history (bundle, direction, amount, state, time_us, label) "
                    "SELECT " + trytesOf("i", 'H') + ", 0, 250, 2, 1600000000000000, '' FROM n");
        exec(each + "INSERT INTO keys_key (account, idx, level, address, state, bundle) "
                    "SELECT 'wallet', i + 1000, 1, " + trytesOf("i", 'K') + ", 3, " + trytesOf("i", 'S') + " FROM n");
        exec(each + "INSERT INTO wallet_address (address, used) SELECT " + trytesOf("i", 'K') + ", 1 FROM n");
        restart();
        must(wallet().unlock(password()));
        milestone();
    }
    /// Of the database, while a payment is made and settled, and an address handed out.
    std::int64_t cost() {
        const test::StepCounter counter(*life->database);
        const auto id = send(1);
        milestone();
        EXPECT_EQ(stateOf(id), TransferState::Confirmed);
        (void)fund(1);
        return counter.steps();
    }
};

TEST_F(Years, APassOfAWalletOfYearsCostsNoMoreThanOneOfANewOne) {
    createWith({1000});
    (void)cost();
    const auto first = cost();
    workFor(20'000);
    EXPECT_LT(cost(), first * 2);
}

TEST_F(Years, MessagesThatWereConfirmedLongAgoAreForgottenAndPaymentsAreNot) {
    createWith({1000});
    SendRequest message;
    message.outputs.push_back({theirs(), Iotas(0), "A", Tag()});
    message.reference = "reply";
    const auto sent = run(wallet().send(message)).value();
    const auto paid = send(100);
    milestone();
    life->loop.runFor(30min);
    EXPECT_EQ(stateOf(sent), TransferState::Confirmed);
    life->loop.clock.advance(91 * 24h);
    life->loop.runFor(2h);
    const auto after = run(wallet().transfer(sent));
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().code, ErrorCode::NotFound);
    EXPECT_EQ(stateOf(paid), TransferState::Confirmed);
    EXPECT_EQ(count("wallet_tail"), 1);
}

TEST_F(Years, AMessageThatIsNotConfirmedIsKeptHoweverOldWithItsNewestAttachments) {
    options.retryFirst = options.retryMost = 10s;
    restart();
    create();
    ledger.knobs.wantsReattachment = true;
    SendRequest message;
    message.outputs.push_back({theirs(), Iotas(0), "A", Tag()});
    const auto sent = run(wallet().send(message)).value();
    for (int i = 0; i < 110; ++i) life->loop.runFor(11s), must(wallet().poll());
    life->loop.clock.advance(91 * 24h);
    life->loop.runFor(2h);
    EXPECT_EQ(stateOf(sent), TransferState::Pending);
    EXPECT_EQ(count("wallet_tail"), 100);
}

}  // namespace
}  // namespace pegasus::wallet
