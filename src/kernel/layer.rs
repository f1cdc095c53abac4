//! A layer below: a process that is a field of another.

use super::{Context, NodeId, ParameterValues, Parameters, Process};

/// A process of the catalogue that others use as a layer.
pub trait Layer: Process {
    /// Id of its protocol.
    const ID: &'static str;
}

/// A process that uses the process `L` as a layer below. [`Protocol::over`](super::Protocol::over) registers it, and
/// documents the layer.
///
/// The layer is a field, so that cloning, hashing, inspecting and storing compose by derive. Requests go down
/// by [`ask`](Self::ask), events of the layer by [`pass`](Self::pass), [`ring`](Self::ring) and
/// [`down`](Self::down); indications come up to [`on_layer`](Self::on_layer).
pub trait Over<L: Process>: Process
where
    Self::Message: From<L::Message>,
    Self::Timer: From<L::Timer>,
{
    /// Returns the layer.
    fn layer(&mut self) -> &mut L;

    /// Handles an indication of the layer.
    fn on_layer(&mut self, ctx: &mut Context<Self>, indication: L::Indication);

    /// Returns the layer's parameters: its defaults, unless the process overrides this.
    #[must_use]
    fn layer_parameters(_parameters: &Self::Parameters) -> L::Parameters {
        L::Parameters::read(&ParameterValues::new())
    }

    /// Makes a request to the layer.
    fn ask(&mut self, ctx: &mut Context<Self>, request: L::Request) {
        self.down(ctx, |layer, ctx| layer.on_request(ctx, request));
    }

    /// Hands a message to the layer.
    fn pass(&mut self, ctx: &mut Context<Self>, from: NodeId, message: L::Message) {
        self.down(ctx, |layer, ctx| layer.on_message(ctx, from, message));
    }

    /// Hands a timer to the layer.
    fn ring(&mut self, ctx: &mut Context<Self>, timer: L::Timer) {
        self.down(ctx, |layer, ctx| layer.on_timer(ctx, timer));
    }

    /// Hands any other event to the layer: the start, a detection, a recovery.
    fn down(&mut self, ctx: &mut Context<Self>, event: impl FnOnce(&mut L, &mut Context<L>)) {
        let parameters = Self::layer_parameters(ctx.parameters());
        // An indication is handled where the layer gives it: what the layer does afterwards comes afterwards, also when
        // a crash cuts the list.
        for effect in ctx.effects_of(self.layer(), &parameters, event) {
            match effect.lift(Self::Message::from, Self::Timer::from) {
                Ok(effect) => ctx.adopt(effect),
                Err(indication) => self.on_layer(ctx, indication),
            }
        }
    }
}
