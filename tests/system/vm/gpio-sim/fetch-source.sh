#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Recreate gpio-sim-main.c, irq_sim.c, gpiolib.h from the linux-source-6.1 package (apt-get install linux-source-6.1)
set -e; cd "$(dirname "$0")"; T=$(mktemp -d); P=linux-source-6.1
tar xJf /usr/src/$P.tar.xz -C "$T" --strip-components=1 $P/drivers/gpio/gpio-sim.c $P/drivers/gpio/gpiolib.h $P/kernel/irq/irq_sim.c
cp "$T/drivers/gpio/gpio-sim.c" gpio-sim-main.c; cp "$T/drivers/gpio/gpiolib.h" .
sed 's/handle_simple_irq(irq_to_desc(irqnum));/generic_handle_irq_safe(irqnum);/' "$T/kernel/irq/irq_sim.c" > irq_sim.c
rm -r "$T"
