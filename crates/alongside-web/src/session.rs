//! The one place that holds the device. Pages ask it for views, which follow what happens, and give it wishes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use alongside_core::id::SpaceId;
use alongside_core::members;
use alongside_core::root::{Command, Context, State};
use alongside_replica::{
    Change, Client, Connection, DispatchError, Joining, SentInvitation, Standing, Trouble, UsInfo,
};
use jiff::civil::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::platform::kept::{self, Setting};
use crate::platform::tabs::{Hint, Tabs};
use crate::platform::{Browser, away, clock, locks, update};

/// A lock that is free is had well within this; after it, another tab has it.
const LEAD_WITHIN_MS: u32 = 400;
const STEP_MS: u32 = 10;

/// Everything that pages know of the device. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    client: StoredValue<Client<Browser>, LocalStorage>,
    tabs: StoredValue<Rc<Tabs>, LocalStorage>,
    running: StoredValue<Rc<Cell<bool>>, LocalStorage>,
    in_line: StoredValue<Rc<Cell<bool>>, LocalStorage>,
    standing: RwSignal<Standing>,
    spaces: RwSignal<u32>,
    space: RwSignal<BTreeMap<SpaceId, u32>>,
    connection: RwSignal<u32>,
    invitations: RwSignal<u32>,
    troubles: RwSignal<u32>,
    today: RwSignal<Date>,
    leading: RwSignal<bool>,
    update_ready: RwSignal<bool>,
    /// What came after `#` in a link: in memory alone, until it is used.
    invitation: RwSignal<Option<String>>,
    link: RwSignal<Option<String>>,
}

/// The session that the pages share.
pub(crate) fn use_session() -> Session {
    expect_context::<Session>()
}

impl Session {
    /// Takes hold of the device, and listens to it from now on.
    pub(crate) fn begin(client: Client<Browser>, fragments: Fragments) -> Self {
        let tabs = Rc::new(Tabs::join(|_| {}));
        let session = Self {
            standing: RwSignal::new(client.standing()),
            client: StoredValue::new_local(client),
            tabs: StoredValue::new_local(tabs),
            running: StoredValue::new_local(Rc::new(Cell::new(false))),
            in_line: StoredValue::new_local(Rc::new(Cell::new(false))),
            spaces: RwSignal::new(0),
            space: RwSignal::new(BTreeMap::new()),
            connection: RwSignal::new(0),
            invitations: RwSignal::new(0),
            troubles: RwSignal::new(0),
            today: RwSignal::new(clock::today()),
            leading: RwSignal::new(true),
            update_ready: RwSignal::new(false),
            invitation: RwSignal::new(fragments.invitation),
            link: RwSignal::new(fragments.link),
        };
        session
            .tabs
            .set_value(Rc::new(Tabs::join(move |hint| session.heard(hint))));
        session.client().on_change(move |change| session.changed(change));
        update::watch(move || session.update_ready.set(true));
        for event in ["online", "visibilitychange", "focus"] {
            let handle = window_event_listener_untyped(event, move |_| session.client().nudge());
            on_cleanup(move || handle.remove());
        }
        spawn_local(async move {
            // A day ends while the page is open.
            loop {
                clock::sleep(20_000).await;
                let now = clock::today();
                if session.today.get_untracked() != now {
                    session.today.set(now);
                }
            }
        });
        session
    }

    /// The device itself, for what is asked of it once.
    pub(crate) fn client(self) -> Client<Browser> {
        self.client.get_value()
    }

    fn changed(self, change: &Change) {
        let one_more = |count: &mut u32| *count = count.wrapping_add(1);
        match change {
            Change::Standing => {
                let standing = self.client().standing();
                if standing == Standing::Open {
                    kept::set(Setting::Opened, Some("1"));
                    self.start_running();
                }
                self.standing.set(standing);
                self.spaces.update(one_more);
                self.space.update(|all| all.values_mut().for_each(one_more));
                self.invitations.update(one_more);
            }
            Change::Spaces => self.spaces.update(one_more),
            Change::Space(id) => self.space.update(|all| one_more(all.entry(*id).or_default())),
            Change::Connection => self.connection.update(one_more),
            Change::Invitations => self.invitations.update(one_more),
            Change::Troubles => self.troubles.update(one_more),
        }
        if self.leading.get_untracked()
            && matches!(change, Change::Spaces | Change::Space(_) | Change::Invitations)
        {
            self.tabs.get_value().tell(Hint::Changed);
        }
    }

    fn heard(self, hint: Hint) {
        match hint {
            Hint::Lock => self.lock_here(),
            Hint::Changed if !self.leading.get_untracked() => {
                spawn_local(async move {
                    // A hint only: what cannot be read now is read with the next one.
                    let _ = self.client().refresh().await;
                });
            }
            Hint::Changed => {}
        }
    }

    fn led(self, leading: bool) {
        self.client().set_leading(leading);
        self.leading.set(leading);
        if leading {
            spawn_local(async move {
                // What the tab that led before wrote last.
                let _ = self.client().refresh().await;
            });
        }
    }

    /// To be done before the device is opened: nothing may be written before it is known which tab writes, for two that do would
    /// fork the device's chain.
    pub(crate) async fn stand_in_line(self) {
        if self.in_line.get_value().replace(true) {
            return;
        }
        self.client().set_leading(false);
        let led = Rc::new(Cell::new(false));
        let granted = Rc::clone(&led);
        locks::stand_in_line(Rc::new(move |leading| {
            granted.set(leading);
            self.led(leading);
        }));
        for _ in 0..LEAD_WITHIN_MS / STEP_MS {
            if led.get() {
                return;
            }
            clock::sleep(STEP_MS).await;
        }
        self.leading.set(led.get());
    }

    fn start_running(self) {
        let running = self.running.get_value();
        if running.replace(true) {
            return;
        }
        let client = self.client();
        spawn_local(async move {
            client.run().await;
            running.set(false);
        });
    }

    /// How the device stands.
    pub(crate) fn standing(self) -> Standing {
        self.standing.get()
    }

    /// The same, once.
    pub(crate) fn standing_now(self) -> Standing {
        self.standing.get_untracked()
    }

    /// Whether it is unlocked.
    pub(crate) fn is_open(self) -> bool {
        self.standing.with(|standing| *standing == Standing::Open)
    }

    /// The day it is.
    pub(crate) fn today(self) -> Date {
        self.today.get()
    }

    /// Whether this tab writes.
    pub(crate) fn leads(self) -> bool {
        self.leading.get()
    }

    /// Lets this tab write.
    pub(crate) fn take_over(self) {
        locks::take_over(Rc::new(move |leading| self.led(leading)));
    }

    /// Whether a newer build waits.
    pub(crate) fn update_ready(self) -> bool {
        self.update_ready.get()
    }

    /// Every Us.
    pub(crate) fn spaces(self) -> Vec<UsInfo> {
        self.spaces.track();
        self.client().spaces()
    }

    /// Whether the relay is reached.
    pub(crate) fn connection(self) -> Connection {
        self.connection.track();
        self.client().connection()
    }

    /// How much waits to be sent.
    pub(crate) fn waiting(self) -> usize {
        self.connection.track();
        self.space.track();
        self.client().waiting_to_send()
    }

    /// What there is to know about.
    pub(crate) fn troubles(self) -> Vec<Trouble> {
        self.troubles.track();
        self.client().troubles()
    }

    /// The invitations that I sent from an Us.
    pub(crate) fn invitations(self, us: SpaceId) -> Vec<SentInvitation> {
        self.invitations.track();
        self.client().invitations(us)
    }

    /// Where I wait to be let in.
    pub(crate) fn joinings(self) -> Vec<Joining> {
        self.invitations.track();
        self.client().joinings()
    }

    /// A view of Me.
    pub(crate) fn view_me<T>(
        self,
        make: impl Fn(&State, &Context) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| {
            self.today.track();
            self.spaces.track();
            let client = self.client();
            let me = client.me_space()?;
            self.follow(me);
            let context = client.context(me)?;
            client.with_state(me, |state| make(state, &context))
        })
    }

    /// A view of an Us, together with what I keep about it in Me.
    pub(crate) fn view_us<T>(
        self,
        us: SpaceId,
        make: impl Fn(&State, &State, &Context) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| {
            self.today.track();
            self.spaces.track();
            let client = self.client();
            let me = client.me_space()?;
            self.follow(me);
            self.follow(us);
            let context = client.context(us)?;
            client
                .with_state(me, |me| client.with_state(us, |us| make(me, us, &context)))
                .flatten()
        })
    }

    fn follow(self, space: SpaceId) {
        if self.space.with_untracked(|all| !all.contains_key(&space)) {
            self.space.update_untracked(|all| {
                all.insert(space, 0);
            });
        }
        self.space.track();
    }

    /// What an Us is called, its kind, and who is here.
    pub(crate) fn us(self, us: SpaceId) -> Memo<Option<UsShown>> {
        self.view_us(us, UsShown::of)
    }

    /// Carries out wishes, all of them or none.
    ///
    /// # Errors
    /// [`DispatchError`].
    pub(crate) async fn dispatch(self, wishes: Vec<(SpaceId, Command)>) -> Result<(), DispatchError> {
        self.client().dispatch(wishes).await
    }

    /// The invitation that somebody came with.
    pub(crate) fn invitation(self) -> Option<String> {
        self.invitation.get()
    }

    /// Whether somebody came with an invitation.
    pub(crate) fn is_invited(self) -> bool {
        self.invitation.with_untracked(Option::is_some)
    }

    /// Sets or forgets the invitation that somebody came with.
    pub(crate) fn set_invitation(self, fragment: Option<String>) {
        self.invitation.set(fragment);
    }

    /// The code from another device that somebody came with, once.
    pub(crate) fn take_link(self) -> Option<String> {
        let link = self.link.get_untracked();
        self.link.update_untracked(|link| *link = None);
        link
    }

    /// Takes what stands after `#` out of the address, and keeps it here.
    pub(crate) fn take_fragments(self) {
        let Fragments { invitation, link } = Fragments::take();
        if invitation.is_some() {
            self.invitation.set(invitation);
        }
        if link.is_some() {
            self.link.set(link);
        }
    }

    /// Locks this tab and all others. The page is loaded anew, so that nothing is left in memory.
    pub(crate) fn lock(self) {
        self.tabs.get_value().tell(Hint::Lock);
        self.lock_here();
    }

    fn lock_here(self) {
        if self.client().standing() == Standing::Open {
            self.client().lock();
            update::reload();
        }
    }

    /// Drops all secrets and leaves for a neutral page.
    pub(crate) fn leave_quickly(self) {
        self.tabs.get_value().tell(Hint::Lock);
        self.client().lock();
        away::go();
    }
}

/// An Us, as most pages need it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UsShown {
    /// What I call it.
    pub(crate) name: String,
    /// What kind it is.
    pub(crate) kind: members::Kind,
    /// Everyone who is or was here.
    pub(crate) members: Vec<members::MemberShown>,
}

impl UsShown {
    fn of(me: &State, state: &State, context: &Context) -> Self {
        let name = members::us_name(me, state, context.me, context.space);
        Self {
            name: name.map_or_else(|| crate::t!("us-unnamed"), str::to_owned),
            kind: members::frame(state).map_or(members::Kind::Friend, |frame| frame.kind),
            members: members::list(state, context.me),
        }
    }

    /// The names of the others who are here now, joined.
    pub(crate) fn others(&self) -> String {
        let names: Vec<String> = self
            .members
            .iter()
            .filter(|member| !member.me && member.here)
            .map(called)
            .collect();
        crate::i18n::joined(&names)
    }

    /// How many others are here now.
    pub(crate) fn others_count(&self) -> usize {
        self.members
            .iter()
            .filter(|member| !member.me && member.here)
            .count()
    }
}

/// How somebody is called.
pub(crate) fn called(member: &members::MemberShown) -> String {
    member.name.clone().unwrap_or_else(|| crate::t!("member-unnamed"))
}

/// What came after `#` in the address.
#[derive(Debug, Default)]
pub(crate) struct Fragments {
    invitation: Option<String>,
    link: Option<String>,
}

impl Fragments {
    /// Takes it out of the address at once: it must not stay in the history, nor be seen over a shoulder.
    pub(crate) fn take() -> Self {
        let location = window().location();
        let path = location.pathname().unwrap_or_default();
        if !matches!(path.as_str(), "/join" | "/signin") {
            return Self::default();
        }
        let Some(fragment) = Self::from_boot().or_else(|| Self::from_address(&path)) else {
            return Self::default();
        };
        if path == "/join" {
            Self {
                invitation: Some(fragment),
                link: None,
            }
        } else {
            Self {
                invitation: None,
                link: Some(fragment),
            }
        }
    }

    /// What boot.js took before anything was loaded.
    fn from_boot() -> Option<String> {
        let name = wasm_bindgen::JsValue::from_str("alongsideFragment");
        let kept = crate::platform::property(&window(), "alongsideFragment")?.as_string();
        let _ = js_sys::Reflect::delete_property(&window(), &name);
        kept
    }

    /// What stands in the address now, for a link that was opened in a page that was open already.
    fn from_address(path: &str) -> Option<String> {
        let hash = window().location().hash().ok()?;
        let fragment = hash.strip_prefix('#').filter(|fragment| !fragment.is_empty())?;
        if let Ok(history) = window().history() {
            let state = history.state().unwrap_or(wasm_bindgen::JsValue::NULL);
            let _ = history.replace_state_with_url(&state, "", Some(path));
        }
        Some(fragment.to_owned())
    }
}
