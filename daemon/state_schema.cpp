// SPDX-License-Identifier: Apache-2.0
// state.db: the tables of all services.
#include "daemon/state_schema.hpp"

#include "iri/schema.hpp"
#include "keys/schema.hpp"
#include "market/schema.hpp"
#include "store/lineage.hpp"
#include "stream/schema.hpp"
#include "wallet/schema.hpp"

namespace pegasus::daemon {
namespace {

constexpr std::string_view kDaemonSchema = R"sql(
CREATE TABLE daemon_value (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

std::string join(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const auto part : parts) all += part;
    return all;
}

}  // namespace

const std::vector<std::string>& stateMigrations() {
    static const std::vector<std::string> kSteps{
        join({keys::kSchema, iri::kSchema, wallet::kSchema, stream::kSchema, market::kSchema, kDaemonSchema}),
        std::string(stream::kQueueByStream), std::string(market::kSales),
        join({stream::kProof, store::kLineageSchema}), std::string(wallet::kTaken),
        join({wallet::kHistoryByTransfer, market::kPaymentIndexes}), std::string(market::kOfferAge)};
    return kSteps;
}

}  // namespace pegasus::daemon
