// SPDX-License-Identifier: Apache-2.0
// PaymentDesk: the reply to a payment that was accepted, made once, handed to the wallet, made again for a new channel.
#include <tuple>

#include "market/listing.hpp"
#include "market/payment_desk.hpp"
#include "market/reply.hpp"
#include "market/tags.hpp"
#include "stream/stream_service.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::market {

namespace {

std::string referenceOf(const seller_store::PaymentRow& row) {
    return fmt::format("reply {} {}", row.payment.bundle.view(), row.epoch);
}

bool isOpen(PaymentState state) { return state == PaymentState::Confirmed || state == PaymentState::Delivering; }

}  // namespace

Task<void> PaymentDesk::deliver(Row row) {
    if (row.reply.empty()) PEGASUS_CO_CHECK(co_await prepare(row));
    co_return co_await dispatch(row);
}

/// Makes the one reply of this payment and epoch, and stores it before anybody sees it.
Task<void> PaymentDesk::prepare(Row& row) {
    auto& p = row.payment;
    const auto info = streams_.info(p.streamId);
    if (!info) {
        p.state = PaymentState::Held;
        p.hold = HoldReason::Withdrawn;
        PEGASUS_CO_CHECK(co_await save(row));
        co_return fail(info.error());
    }
    PEGASUS_CO_TRY(const auto request, decodeRequest(row.request));
    PEGASUS_CO_TRY(auto access, co_await streams_.access(p.streamId));
    ReplyTerms terms;
    terms.deviceName = info->spec.name.empty() ? info->spec.id : info->spec.name;
    terms.description = info->spec.description;
    terms.offer = offerIdOf(key_->publicKey(), p.streamId);
    terms.paymentBundle = p.bundle;
    terms.epoch = access.epoch;
    const auto grant = std::make_shared<Grant>(Grant{access.root, std::move(access.sideKey)});
    const auto encode = [grant, terms, request, key = key_] { return encodeReply(*grant, terms, request, *key); };
    PEGASUS_CO_TRY(row.reply, co_await compute(services_.pool, encode));
    row.epoch = terms.epoch;
    row.payment.state = PaymentState::Delivering;
    co_return co_await save(row);
}

/// Hands the reply to the wallet, which attaches it until it is confirmed; the reference makes it happen once.
Task<void> PaymentDesk::dispatch(Row& row) {
    auto& p = row.payment;
    Result<void> sent;
    if (!p.replyBundle) sent = co_await send(row);
    if (!sent && sent.error().code == ErrorCode::Refused) co_return co_await holdUndeliverable(row);
    if (!sent) co_return fail(sent.error());
    const auto reference = referenceOf(row);
    PEGASUS_CO_TRY(const auto transfer, co_await services_.wallet.transferByReference(reference));
    if (transfer.state == wallet::TransferState::Refused) co_return co_await holdUndeliverable(row);
    const auto before = std::make_tuple(p.replyBundle, p.state, p.replyConfirmed);
    p.replyBundle = transfer.bundle;
    p.replyConfirmed = transfer.state == wallet::TransferState::Confirmed;
    if (isOpen(p.state) && transfer.taken) {
        p.state = PaymentState::Delivered;
        if (!p.delivered) p.delivered = services_.clock.now();
    }
    if (before == std::make_tuple(p.replyBundle, p.state, p.replyConfirmed)) co_return Result<void>();
    if (p.replyConfirmed) row.reply.clear();
    co_return co_await save(row);
}

Task<void> PaymentDesk::send(const Row& row) {
    PEGASUS_CO_TRY(const auto request, decodeRequest(row.request));
    PEGASUS_CO_TRY(const auto marketTag, tagOf(options_.tagWord));
    // Our buyers look at the address alone, so their replies need not swell what every scan reads.
    const auto tag = request.oaep == crypto::OaepHash::Sha256 ? paymentTag() : marketTag;
    wallet::SendRequest send;
    send.outputs.push_back({request.replyAddress, Iotas(0), row.reply, tag});
    send.reference = referenceOf(row);
    send.label = "key delivery";
    PEGASUS_CO_CHECK(co_await services_.wallet.send(send));
    co_return Result<void>();
}

Task<void> PaymentDesk::holdUndeliverable(Row& row) {
    row.payment.state = PaymentState::Held;
    row.payment.hold = HoldReason::Undeliverable;
    co_return co_await save(row);
}

/// A stream with a new channel: everyone who paid gets the new key, under a reference of its own.
Task<void> PaymentDesk::rekey() {
    const auto streams = std::exchange(rekeyed_, {});
    for (const auto& stream : streams) {
        const auto access = co_await streams_.access(stream);
        if (!access) {
            if (access.error().code != ErrorCode::NotFound) rekeyed_.insert(stream);
            continue;
        }
        const auto update = [stream, epoch = access->epoch](store::Connection& db) {
            return seller_store::redeliver(db, stream, epoch);
        };
        PEGASUS_CO_CHECK(co_await services_.database.write(update));
    }
    co_return Result<void>();
}

/// What was paid while the stream gave nothing is served as soon as there is something to read.
Task<void> PaymentDesk::wakeSilent() {
    const auto query = [](store::Connection& db) { return seller_store::silentPayments(db); };
    PEGASUS_CO_TRY(const auto rows, co_await services_.database.read(query));
    for (const auto& row : rows) {
        const auto info = streams_.info(row.payment.streamId);
        if (info && info->source.state != stream::SourceState::Live) continue;  // one that is gone is held as withdrawn
        const auto woken = co_await release(row.payment.bundle);
        if (!woken && woken.error().code != ErrorCode::InvalidState) co_return fail(woken.error());
    }
    co_return Result<void>();
}

}  // namespace pegasus::market
