// SPDX-License-Identifier: Apache-2.0
// Context: connection, printing, hints.
#include "cli/context.hpp"

#include <algorithm>
#include <iterator>

#include "bus/names.hpp"

namespace pegasus::cli {

Result<Client*> Context::client() {
    if (!connection) {
        PEGASUS_TRY(connection, Client::connect(bus, timeoutSeconds, interactive, start));
    }
    return connection.get();
}

Result<Dicts> Context::allPages(Call call, std::size_t most) {
    Dicts rows;
    call.arguments.emplace_back(static_cast<std::uint32_t>(std::min<std::size_t>(most, bus::kMaxPage)));
    call.arguments.emplace_back(std::string());
    while (rows.size() < most) {
        PEGASUS_TRY(auto page, this->call<Page>(call));
        std::move(page.rows.begin(), page.rows.end(), std::back_inserter(rows));
        if (page.next.empty()) break;
        call.arguments.back() = page.next;
    }
    if (rows.size() > most) rows.resize(most);
    return rows;
}

void Context::print(const std::string& json_, const std::string& text) const {
    const auto& text_ = json ? json_ : text;
    (void)out->write(text_.empty() || text_.back() != '\n' ? text_ + '\n' : text_);
}

void Context::printTable(const std::vector<Column>& columns, const Dicts& rows) const {
    print(toJson(rows), table(columns, rows, unit));
}

void Context::printRecord(const std::vector<Column>& columns, const Dict& row) const {
    print(toJson(row), record(columns, row, unit));
}

void Context::printDone(const std::string& text) const { print("{}", text); }

std::string hintFor(const Error& error, bool daemonMissing) {
    if (daemonMissing) return "start it: systemctl start pegasusd (systemctl --user start pegasusd with --user)";
    switch (error.code) {
        case ErrorCode::Locked: return "unlock it: pegasusctl wallet unlock";
        case ErrorCode::InsufficientFunds:
            return "look at: pegasusctl wallet balance; a private network has a faucet: pegasusctl node faucet";
        case ErrorCode::AccessDenied: return "run it with sudo, or let an administrator add your user to the group pegasus: sudo usermod -aG pegasus NAME";
        case ErrorCode::Unreachable: return "look at: pegasusctl node info";
        case ErrorCode::NotSynchronised: return "the node knows no present milestone yet: try again in a while";
        default: return {};
    }
}

}  // namespace pegasus::cli
