// SPDX-License-Identifier: Apache-2.0
// What others may do to a sale: other messages in our bundle, wrong amounts, junk, impostors.
#include <algorithm>

#include "gateway.hpp"
#include "crypto/digest.hpp"
#include "ledger/bundles.hpp"
#include "market/listing.hpp"
#include "market/payment_request.hpp"
#include "market/reply.hpp"
#include "market/tags.hpp"
#include "support/database_steps.hpp"

namespace pegasus::market {
namespace {

class Attack : public Sale {
protected:
    const crypto::RsaPrivateKey& thiefKey() {
        static const auto key = crypto::RsaPrivateKey::generate().value();
        return key;
    }
    const Address thiefAddress_ = Address::parse(std::string(80, 'T') + "9").value();
    std::string thiefRequest() {
        return encodeRequest({thiefKey().publicKey().value().pem(), thiefAddress_, crypto::OaepHash::Sha1}).value();
    }
    static model::Fragment fragment(std::string trytes) {
        trytes.resize(model::Fragment::kTrytes, '9');
        return model::Fragment::parse(trytes).value();
    }
    /// The transactions of the first attachment of a bundle.
    std::vector<model::Transaction> bundle(const Hash& hash) {
        const auto tail = ledger_.tailsOf(hash).at(0);
        std::vector<model::Transaction> out;
        for (const auto& t : run(ledger::fetchBundle(ledger_, relay_.loop->pool, tail)).transactions) out.push_back(t.transaction);
        return out;
    }
    /// The buyer's wallet pays by hand.
    Hash pay(std::int64_t value, const std::string& message, bool commit) {
        wallet::SendRequest request;
        request.outputs.push_back({offer().address, Iotas(value), message, {}});
        if (commit) request.outputs.push_back({commitmentOf(message), Iotas(0), "", {}});
        const auto bundle = run(buyer_->wallet->transfer(run(buyer_->wallet->send(request)))).bundle;
        settle();
        return bundle;
    }
    Payment onlyPayment() {
        const auto all = payments();
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? Payment() : all.front();
    }
};

TEST_F(Attack, AReattachmentWithAnotherRequestGetsNoKeyAndBlocksNobody) {
    announce();
    const auto id = buy();
    pass();
    auto stolen = bundle(order(id).paymentBundle.value());
    stolen.front().signatureMessageFragment = fragment(thiefRequest());
    attachTransactions(stolen);
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
    EXPECT_EQ(bundlesAt(thiefAddress_), 0U);
    EXPECT_GE(seller_->seller->counters().foreignRequests, 1U);
}

TEST_F(Attack, EvenWhenOnlyTheThiefsAttachmentReachesTheLedgerTheBuyerIsServed) {
    announce();
    std::vector<model::Transaction> stolen;
    ledger_.onBroadcast = [&](const std::vector<model::TransactionTrytes>& trytes) {
        const auto first = model::parseTransaction(trytes.front()).value();
        if (first.value == 250 && stolen.empty())
            for (const auto& t : trytes) stolen.push_back(model::parseTransaction(t).value());
    };
    ledger_.knobs.dropBroadcasts = true;
    const auto id = buy();
    pass();
    ASSERT_FALSE(stolen.empty());
    ledger_.onBroadcast = nullptr;
    ledger_.knobs.dropBroadcasts = false;
    stolen.front().signatureMessageFragment = fragment(thiefRequest());
    attachTransactions(stolen);
    ledger_.milestone();
    settle();
    pass(std::chrono::minutes(2));
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
    EXPECT_EQ(bundlesAt(thiefAddress_), 0U);
    EXPECT_EQ(ledger_.balanceOf(offer().address), Iotas(250));
}

TEST_F(Attack, ALegacyPaymentIsHeldUntilTheOperatorReleasesIt) {
    announce();
    const auto bundle = pay(250, thiefRequest(), false);
    EXPECT_EQ(onlyPayment().state, PaymentState::Held);
    EXPECT_EQ(onlyPayment().hold, HoldReason::Legacy);
    EXPECT_EQ(bundlesAt(thiefAddress_), 0U);
    run(seller_->seller->release(bundle));
    settle();
    EXPECT_EQ(onlyPayment().state, PaymentState::Delivered);
    EXPECT_EQ(bundlesAt(thiefAddress_), 1U);
    EXPECT_EQ(refused(seller_->seller->release(bundle)), ErrorCode::InvalidState);
}

TEST_F(Attack, ALegacyPaymentIsServedByConfigurationUnlessItsAttachmentsDiffer) {
    end();
    relay_.loop = std::make_unique<test::TestLoop>();
    sellerOptions_.legacy = LegacyPolicy::Serve;
    openSeller();
    openBuyer();
    announce();
    (void)pay(250, thiefRequest(), false);
    EXPECT_EQ(onlyPayment().state, PaymentState::Delivered);
    EXPECT_EQ(bundlesAt(thiefAddress_), 1U);
}

TEST_F(Attack, AReplyThatTheLedgerRefusesIsHeldAndHoldsUpNobody) {
    announce();
    ledger_.knobs.refused = {thiefAddress_};
    for (const bool beforehand : {true, false}) {
        ledger_.knobs.tellsCoordinator = beforehand;
        const auto bundle = pay(250 + beforehand, thiefRequest(), true);
        const auto all = payments();
        const auto it = std::ranges::find(all, bundle, &Payment::bundle);
        ASSERT_NE(it, all.end());
        EXPECT_EQ(it->state, PaymentState::Held);
        EXPECT_EQ(it->hold, HoldReason::Undeliverable);
        EXPECT_FALSE(it->delivered);
    }
    const auto id = buy();
    pass();
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
}

TEST_F(Attack, AnOfferThatTheLedgerRefusesToPayCostsNothing) {
    announce();
    ledger_.knobs.refused = {offer().address};
    for (const bool beforehand : {true, false}) {
        ledger_.knobs.tellsCoordinator = beforehand;
        const auto id = buy();
        pass(std::chrono::minutes(1));
        EXPECT_EQ(order(id).state, OrderState::Failed);
        EXPECT_FALSE(order(id).reason.empty());
        EXPECT_EQ(run(buyer_->wallet->refreshBalance()).available, Iotas(1000));
    }
}

TEST_F(Attack, ARefusedPaymentIsNeverServed) {
    announce();
    const auto bundle = pay(250, thiefRequest(), false);
    run(seller_->seller->refuse(bundle));
    EXPECT_EQ(refused(seller_->seller->release(bundle)), ErrorCode::InvalidState);
    settle();
    EXPECT_EQ(onlyPayment().state, PaymentState::Refused);
    EXPECT_EQ(bundlesAt(thiefAddress_), 0U);
    EXPECT_EQ(run(seller_->seller->creditTotal()), Iotas(250));
}

TEST_F(Attack, TooLittleIsHeldAndTooMuchIsCredited) {
    announce();
    (void)pay(249, thiefRequest(), true);
    EXPECT_EQ(onlyPayment().hold, HoldReason::Underpaid);
    EXPECT_EQ(bundlesAt(thiefAddress_), 0U);
    (void)pay(300, thiefRequest(), true);
    const auto all = payments();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].state, PaymentState::Delivered);
    EXPECT_EQ(all[0].credit, Iotas(50));
    EXPECT_EQ(run(seller_->seller->creditTotal()), Iotas(299));
}

TEST_F(Attack, TwoPaymentsAreServedOnceEach) {
    announce();
    (void)pay(250, thiefRequest(), true);
    (void)pay(250, thiefRequest(), true);
    settle();
    EXPECT_EQ(bundlesAt(thiefAddress_), 2U);
}

TEST_F(Attack, JunkPaidWithMoneyIsHeldAndJunkWithoutIsNotLookedAt) {
    announce();
    (void)pay(250, model::trytesFromText("{\"publicKey\":[],\"address\":7}").value(), true);
    EXPECT_EQ(onlyPayment().hold, HoldReason::NoRequest);
    EXPECT_EQ(refused(seller_->seller->release(onlyPayment().bundle)), ErrorCode::InvalidState);
    for (const char* text : {"x", "{}", "[[[[[[[[[[[["}) attach({offer().address, Iotas(0), {}, model::trytesFromText(text).value()});
    settle(2);
    EXPECT_EQ(seller_->seller->counters().junkTransactions, 0U);
    const auto id = buy();
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
}

TEST_F(Attack, JunkUnderTheTagCostsACounter) {
    for (const char* text : {"x", "{}", "{\"name\":\"n\"}", "[1]"})
        attach({thiefAddress_, Iotas(0), tagOf("pegasus").value(), model::trytesFromText(text).value()});
    announce();
    EXPECT_EQ(buyer_->buyer->offers().size(), 1U);
    EXPECT_EQ(buyer_->buyer->counters().junkListings, 4U);
}

TEST_F(Attack, AnOlderListingAttachedAgainChangesNothing) {
    announce();
    const auto listing = bundle(seller_->seller->listings().at(0).bundle);
    auto spec = sources_.at("roof").spec;
    spec.price = Iotas(300);
    run(seller_->streams.setTerms(spec));
    settle(2);
    attach({thiefAddress_, Iotas(0), tagOf("pegasus").value(), listing.front().signatureMessageFragment.str().substr(0, 2186)});
    run(buyer_->buyer->discover());
    EXPECT_EQ(offer().terms.price, Iotas(300));
}

TEST_F(Attack, AListingAttachedAgainAfterTheSaleEndedOpensNothing) {
    announce();
    const auto listing = bundle(seller_->seller->listings().at(0).bundle);
    run(seller_->seller->withdraw("roof"));
    settle(2);
    ASSERT_TRUE(buyer_->buyer->offers().empty());
    attach({thiefAddress_, Iotas(0), tagOf("pegasus").value(), listing.front().signatureMessageFragment.str().substr(0, 2186)});
    run(buyer_->buyer->discover());
    EXPECT_TRUE(buyer_->buyer->offers().empty());
}

TEST_F(Attack, AnImpostorOfTheSameNameIsShownAsAClashAndIsAnotherOffer) {
    announce();
    test::FakeRandom random(99);
    const auto key = crypto::Ed25519Key::generate(random).value();
    const auto text = encodeListing(offer().terms, thiefAddress_, "roof", offer().seq + 1, key, relay_.now(), 1, {}).value();
    attach({thiefAddress_, Iotas(0), tagOf("pegasus").value(), model::trytesFromText(text).value()});
    run(buyer_->buyer->discover());
    const auto offers = buyer_->buyer->offers();
    ASSERT_EQ(offers.size(), 2U);
    EXPECT_TRUE(offers[0].nameClash && offers[1].nameClash);
    BuyOptions careful;
    careful.acceptNameClash = false;
    EXPECT_EQ(refused(buyer_->buyer->buy(offers[0].id, careful)), ErrorCode::InvalidState);
}

TEST_F(Attack, AnImpostorsReplyIsPassedOver) {
    announce();
    const auto id = buy();
    pass();
    const auto request = decodeRequest(paymentParts(bundle(order(id).paymentBundle.value())).requestTrytes).value();
    const Grant wrong{Hash(), SecretBytes::fromText("WRONG")};
    test::FakeRandom random(99);
    const auto key = crypto::Ed25519Key::generate(random).value();
    const ReplyTerms terms{"Roof", "", offer().id, order(id).paymentBundle.value(), 9};
    const auto forged = encodeReply(wrong, terms, request, key).value();
    attach({request.replyAddress, Iotas(0), tagOf("pegasus").value(), forged});
    attach({request.replyAddress, Iotas(0), {}, model::trytesFromText("{\"sidekey\":1}").value()});
    pass();
    EXPECT_EQ(order(id).state, OrderState::Paid);
    settle();
    publish("{\"data\":1}");
    settle(2);
    EXPECT_EQ(order(id).state, OrderState::Active) << order(id).reason;
    EXPECT_EQ(buyer_->buyer->counters().junkReplies, 2U);
}

TEST_F(Attack, AnotherMessageInTheReplysBundleDoesNotHideTheReply) {
    announce();
    const auto id = buy();
    settle(2);
    ASSERT_TRUE(payments().at(0).replyBundle);
    auto copy = bundle(*payments().at(0).replyBundle);
    copy.front().signatureMessageFragment = fragment("JUNK");
    attachTransactions(copy);
    settle(3);
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
}

TEST_F(Attack, JunkAtTheAddressOfAMessageDoesNotStopTheChannel) {
    announce();
    const auto id = buy();
    settle();
    publish("{\"data\":1}");
    settle(2);
    const auto address = mam::addressOf(buyer_->buyer->subscription(id)->nextRoot, mam::Mode::Restricted);
    for (const char* junk : {"A", "ZZZ", "MAM"}) attach({address, Iotas(0), {}, junk});
    settle(2);
    publish("{\"data\":2}");
    settle(2);
    EXPECT_EQ(received(id), (std::vector<std::string>{"{\"data\":1}", "{\"data\":2}"}));
    EXPECT_EQ(buyer_->buyer->subscription(id)->junk, 3U);
}

TEST_F(Attack, OfAnUnsignedSellerSeveralRepliesAreTriedUntilARootDecodes) {
    const auto sellerAddress = run(seller_->wallet->receiveAddress());
    const auto text = fmt::format(R"({{"name":"Old","address":"{}","lat":1,"lon":2,"price":10}})", sellerAddress.view());
    attach({thiefAddress_, Iotas(0), tagOf("pegasus").value(), model::trytesFromText(text).value()});
    run(buyer_->buyer->discover());
    EXPECT_EQ(refused(buyer_->buyer->buy(offer().id, BuyOptions())), ErrorCode::InvalidState);
    BuyOptions trusting;
    trusting.acceptUnverified = true;
    const auto id = run(buyer_->buyer->buy(offer().id, trusting));
    settle(3);
    const auto request = decodeRequest(paymentParts(bundle(order(id).paymentBundle.value())).requestTrytes).value();
    const auto publicKey = crypto::RsaPublicKey::fromPem(request.publicKeyPem).value();
    const auto send = [&](std::string_view root, std::string_view key) {
        const auto block = [&](std::string_view plain) {
            return crypto::toBase64(publicKey.encrypt(crypto::asBytes(plain), crypto::OaepHash::Sha1).value());
        };
        const auto reply = fmt::format(R"({{"sidekey":"{}","root":"{}","deviceName":"Old"}})", block(key), block(root));
        attach({request.replyAddress, Iotas(0), tagOf("pegasus").value(), model::trytesFromText(reply).value()});
    };
    send(std::string(81, 'A'), "WRONG");
    const auto access = run(seller_->streams.access("roof"));
    send(access.root.view(), access.sideKey.text());
    settle(2);
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
    publish("{\"data\":1}");
    settle(2);
    EXPECT_EQ(order(id).state, OrderState::Active);
    EXPECT_EQ(received(id).size(), 1U);
}

TEST_F(Attack, WhatIsStoredForOthersCostsNeitherSellerNorBuyerAnything) {
    announce();
    const auto id = buy();
    settle();
    publish("{\"data\":1}");
    settle();
    ASSERT_EQ(received(id).size(), 1U);
    pass(std::chrono::minutes(3));  // nobody is in a hurry any more
    const auto before = ledger_.findCalls();
    const test::StepCounter seller(*seller_->database), buyer(*buyer_->database);
    for (int i = 0; i < 100; ++i) attach({thiefAddress_, Iotas(0), {}, "JUNK"});
    relay_.loop->settle();
    EXPECT_EQ(ledger_.findCalls(), before);
    EXPECT_LT(seller.steps() + buyer.steps(), 100);  // those of the counters themselves
}

TEST_F(Attack, WhatIsStoredForThemIsReadAtOnce) {
    announce();
    const auto id = buy();
    settle();
    pass(std::chrono::minutes(3));
    publish("{\"data\":1}");
    relay_.loop->settle();
    EXPECT_EQ(received(id).size(), 1U);
    publish("{\"data\":2}");
    relay_.loop->settle();
    EXPECT_EQ(received(id).size(), 2U);
}

}  // namespace
}  // namespace pegasus::market
