### All words of the client in English. A second language is a file beside this one and a line in src/i18n.rs.
###
### Voice: short, warm, adult; "you", first names, present tense. What is so, and what one can do. No exclamation marks,
### no praise, nothing that one could read as a reproach to either person, nothing that tells what the other has not done.

## The frame

name = Alongside
tab-title = { $page } · Alongside
skip = Skip to the page
nav = Main
nav-today = Today
nav-me = Me
nav-us = Us
nav-more = More
exit = Leave this page quickly
exit-title = Leave quickly (or press Escape twice)
back-start = Start
back-us = Back to Us
back-us-all = All of Us
yes = Yes
no = No
yes-with = Yes: { $kinds }
you = You
keep = Keep
keeping = Keeping …
kept = Kept.
doing = One moment …
try-again = Try again
leave-out = Leave out
list-comma = { $before }, { $name }
list-and = { $before } and { $name }
nowhere-title = There is nothing here
nowhere-words = This address leads to no page, or to an Us that is not on this device.
nowhere-on = Go to the start

## Who reads it

audience-me = Only you can read this.
audience-us = You and { $others } can read this.
audience-us-alone = You can read this, and whoever you invite.
audience-together = You and { $others } will see this at the same moment.
member-me = { $name } (you)
member-unnamed = Somebody

## Landing

landing-title = Two whole people, leaning on each other.
landing-lead = Alongside is a private place for partners, friends, family and people who work together: a minute a day to say how it is with you, and to see how it is with the other, at the same moment.
landing-start = Make an account
landing-signin = Sign in
landing-invited = I was invited
landing-invited-go-on = Go on with my invitation
promise-whole = Me stays mine.
promise-whole-words = What you write in Me nobody else can open. Nothing moves to Us unless you move it.
promise-charge = No one is in charge.
promise-charge-words = No owner, no scores, no read receipts, no streaks. “No” is a whole answer, and each can leave at any time.
promise-private = Closed to everyone else.
promise-private-words = It is encrypted on your devices. Whoever runs the server in between sees that something came and went, and none of it.
evicted-title = What this browser kept is gone
evicted-words = There was an account here, and the browser has cleared it: some do that to pages that were not opened for a while. What was sent is safe. Sign in with your passphrase and account words, and it comes back.

## Making an account

start-tab = Make an account
start-title = Make an account
start-step = Step { $number } of { $of }
start-make = Make the account
start-making = Making your keys …
start-have-one = I have an account already
handle = Handle
handle-hint = A name to sign in with: 3 to 32 of the letters a to z, digits, dots, hyphens. It need not be your own name, and nobody you share with sees it.
handle-bad = A handle has 3 to 32 of the letters a to z, digits, dots, hyphens and underscores.
handle-taken = Somebody has this handle already. A different one will do; nobody else sees it.
accounts-closed = This relay makes no new accounts. Whoever runs it can open it, or you can use another one.
my-name = What others call you
my-name-hint = The people you share with see this name. You can use another one in each Us.
passphrase = Passphrase
passphrase-now = Passphrase until now
passphrase-new = New passphrase
passphrase-new-hint = Three or four words that do not belong together are easy to keep in mind and hard to guess.
passphrase-show = Show
passphrase-hide = Hide
passphrase-weak = This one would be guessed quickly. A few more words make it hard to guess.
passphrase-wrong = This is not the passphrase of this device. Capitals and spaces count; you can show what you type.
strength-0 = Guessed at once
strength-1 = Guessed within minutes
strength-2 = Holds for a while
strength-3 = Hard to guess
strength-4 = Very hard to guess
start-words-title = Your account words
start-words-lead = These twelve words were made on this device just now. Together with your passphrase they open your account on another device. Nobody else has them, and they cannot be sent to you again.
start-words-kept = I have written them down
start-confirm-title = Three of the words
confirm-words = To be sure that you have them: look at your sheet and type these three.
confirm-word = Word { $position }
confirm-wrong = Word { $position } is another one. Look once more at your sheet.
confirm-go-on = Go on
confirm-again = Show the words again
start-recovery-title = If you forget the passphrase
start-recovery-kept = I have written them down
start-done-title = Your account is ready
start-done = You can begin alone, in Me, and invite somebody whenever you like. What you begin alone stays yours.
start-done-invited = Now you can go on with the invitation that brought you here.
start-go-on = Begin
start-go-on-invitation = Go on with the invitation

sheet-account = Account words for Alongside
sheet-account-use = You need them, and your passphrase, to sign in on a new device. They alone open nothing.
sheet-account-keep = Keep the sheet where only you look. A drawer that you share, a shared cloud folder or a photo on a shared device is a key in other hands.
sheet-recovery = Recovery words for Alongside
sheet-recovery-use = With your account words they open your account without the passphrase.
sheet-recovery-keep = Keep this sheet in another place than the account words: whoever has both can open everything. Not in a drawer that you share, and not on a device that somebody else unlocks.
sheet-handle = Handle: { $handle }
sheet-printed = Printed on { $day }
sheet-print = Print this sheet

recovery-title = Recovery sheet
recovery-words-line = For the day the passphrase is forgotten
recovery-what = Without the passphrase nobody can open your account, not even whoever runs the relay. If you like, you can make a second sheet of twelve words now: together with the account words it opens your account and lets you choose a new passphrase.
recovery-where-not = Somebody who finds both sheets can open everything. If there is no place that is only yours, it is better to make none.
recovery-have = There is a recovery sheet already. A new one takes its place, and the old one opens nothing any more.
recovery-make = Make a recovery sheet
recovery-make-new = Make a new recovery sheet
recovery-making = Making the sheet …
recovery-later = Not now

## Signing in

signin-title = Sign in
signin-do = Sign in
signin-doing = Opening your account …
signin-scan-hint = Easier: on a device where you are signed in, open More, then “Another device of mine”, and scan the code with this one.
signin-scanned = The code has been read. It is for the handle { $handle }. Your passphrase is all that is needed now.
signin-code-spoiled = The code could not be read whole. Scan it again, or type the words.
signin-forgot = I have forgotten the passphrase
account-words = Account words
account-words-hint = All twelve, in their order, with spaces between.
account-words-wrong = These words are sound, but they belong to another account. Look for the sheet of this one.
wrong-credentials = Handle and passphrase do not go together. Capitals and spaces in the passphrase count; you can show what you type.
words-count = { $found ->
    [one] There is one word here; twelve are needed.
   *[other] There are { $found } words here; twelve are needed.
  }
words-unknown = Word { $position }, “{ $word }”, is not one of the list. A letter may be off.
words-checksum = All twelve are words of the list, but together they do not fit: two may have changed places, or one is a neighbour of the right one.
recover-title = Forgotten passphrase
recover-lead = Your account words and your recovery words together open the account. Choose a new passphrase at the same time.
recover-do = Open my account
recover-doing = Opening your account …
recover-others-out = All other devices are signed out. They can sign in again with the new passphrase.
recovery-words = Recovery words
recovery-words-hint = The twelve of the second sheet.
recover-account-words-wrong = These words are sound, but with this handle they open nothing. They may be of another account, the handle may be written otherwise, or the account has no recovery sheet.
recovery-words-wrong = These words are sound, but they are not the recovery words of this account. An older sheet no longer opens it.
no-recovery = There is no such account here, or it has no recovery sheet. Look at how the handle is written.
unlock-tab = Unlock
unlock-title = Locked
unlock-handle = { $handle }
unlock-do = Unlock
unlock-doing = Opening …
unlock-forgot = I have forgotten the passphrase

## What can stand in the way

net-unreachable = The relay cannot be reached now. What you wrote stays on this device; try again when there is a network.
net-slow-down = That was often in a short time. Wait a moment and try again.
net-slow-down-minutes = { $minutes ->
    [one] That was often in a short time. Try again in a minute.
   *[other] That was often in a short time. Try again in { $minutes } minutes.
  }
net-relay-full = The relay has no room left. What you write stays safe on this device and goes out as soon as there is room. Whoever runs the relay can make some.
net-over-quota = Your account has used the room that it has on this relay. What you write stays safe on this device. Whoever runs the relay can give you more.
net-update-needed = This version is too old for what comes in. Take the new version, and everything goes on; nothing is lost.
net-session-ended = This device was signed out from elsewhere, or was away for long. Your passphrase connects it again; all that is here stays here.
net-unexpected = The relay gave an answer that makes no sense. Nothing of yours is lost. Try again; if it stays so, tell whoever runs the relay.
store-full = There is no room left in this browser’s storage. Nothing was changed. Make some room on this device and try again.
store-denied = This browser keeps nothing on this page: it may be a private window, or storage is switched off. Open Alongside in an ordinary window, or allow it to keep data.
store-gone = What was kept here is gone: the browser or somebody has cleared it. Load the page again and sign in with your account words; what was sent comes back.
store-too-new = A newer version of Alongside has been here. Close all tabs of it and open it again to get the newer one.
store-trouble = This browser’s storage did not answer as it should. Nothing was changed. Load the page again.
closed-title = Alongside cannot open here now
closed-denied-title = This browser keeps nothing here
closed-too-new-title = A newer version has been here
closed-again = Try again
dispatch-locked = Alongside is locked. Unlock it and try again.
dispatch-another-tab = Alongside is open in another tab, and only one can write. Choose “Use it here” above.
dispatch-not-member = You are not, or no longer, a member of this Us.
wrong-side = This belongs to the other side and was not written. Nothing has crossed over.
text-too-long = This has { $chars } characters; { $max } fit.
tabs-follower = Open in another tab. You can read here; writing goes on there.
tabs-take-over = Use it here
update-ready = A new version is ready.
update-take = Take it now
waiting-to-send = { $count ->
    [one] The relay cannot be reached. One thing waits here and is sent by itself.
   *[other] The relay cannot be reached. { $count } things wait here and are sent by themselves.
  }
trouble-altered = A page came in altered and was put aside
trouble-altered-words = { $count ->
    [one] What came in does not carry the signature of the person it claims to be from, so it is not shown. Nothing of yours is lost.
   *[other] { $count } pages that came in do not carry the signature of the person they claim to be from, so they are not shown. Nothing of yours is lost.
  }
trouble-two-pasts = The relay has shown two different pasts
trouble-two-pasts-words = You and somebody else here were shown different things by the relay. What each has is kept. Talk to each other by another way before you trust what is new.
trouble-rolled-back = The relay has gone back in time
trouble-rolled-back-words = It no longer has something that it had, perhaps after a repair from a copy. Your device still has it.
trouble-withheld = Something is not handed out
trouble-withheld-words = A page refers to another that the relay does not hand out. It may come later; until then there is a gap.
trouble-clock = The clock of this device is off
trouble-clock-ahead = It runs about { $by } ahead. Days and times may be shown wrongly until it is set right. Nothing else depends on it.
trouble-clock-behind = It runs about { $by } behind. Days and times may be shown wrongly until it is set right. Nothing else depends on it.
span-minutes = { $count ->
    [one] a minute
   *[other] { $count } minutes
  }
span-hours = { $count ->
    [one] an hour
   *[other] { $count } hours
  }
span-days = { $count ->
    [one] a day
   *[other] { $count } days
  }
trouble-update = A newer version is needed
trouble-relay-full = The relay is full
trouble-over-quota = Your room on the relay is used up
trouble-session = Signed out
trouble-more = What this can mean
trouble-read = I have read this
session-renew = Connect again
session-renewing = Connecting …
connection-connected = Connected. Everything is sent.
connection-sending = { $count ->
    [one] Connected. One thing is being sent.
   *[other] Connected. { $count } things are being sent.
  }
connection-connecting = Connecting …
connection-unreachable = The relay cannot be reached now. It is tried again by itself; you can go on writing.
connection-unreachable-waiting = { $count ->
    [one] The relay cannot be reached now. One thing waits here and is sent by itself.
   *[other] The relay cannot be reached now. { $count } things wait here and are sent by themselves.
  }

## Today and Me

today-no-us = There is no Us here yet. You can start one and invite somebody, now or another day.
me-title = Me
me-today = Today
me-about = What Me is
me-about-words = This page is yours. It is encrypted with a key that only your own devices have: no one in any Us can open it, and neither can whoever runs the relay.
me-alone-title = With yourself
me-alone-lead = A minute to see how it is with you today. It stays here.
me-alone-do = Check in with yourself
me-alone-noted = You have noted how it is with you today.
me-history = Your days
me-history-words = What you noted, as lines over time
day-today = Today
day-this-week = This week

## Us

us-all-title = Us
us-unnamed = Us
us-new = Start an Us
us-new-short = New
us-new-title = Start an Us
us-new-lead = An Us is shared by its members alone. You begin it, and nobody is in charge of it, you neither.
us-new-kind = What kind is it?
us-new-kind-missing = Choose what kind it is first; the wording follows it.
us-new-name = What to call it
us-new-name-hint = The one you invite sees it. Each can call it something else for themselves.
us-new-name-missing = Give it a name first. Two first names will do.
us-new-do = Start
us-new-doing = Making a key for it …
us-switch = Another Us
us-more = In this Us
us-invite = Invite somebody
us-left = { $kind } · you have left
us-left-words = You have left this Us. What you wrote, and what was revealed to you until then, stays readable here.
us-you-alone = You, so far
us-you-and = You and { $others }
us-somebody-knocks = Somebody has opened your invitation.
us-somebody-knocks-look = Compare the words with them
kind-partner = Partners
kind-partner-more = Living as a couple, near or far
kind-friend = Friends
kind-friend-more = People who chose each other
kind-family = Family
kind-family-more = Parents, children, siblings, whoever is family to you
kind-work = Work
kind-work-more = People who carry something together
the-other = the other

names-link = Names
names-link-words = What you call this Us, and how you are called here
names-title = Names
names-label = What you call this Us
names-label-hint = For you alone. Leave it empty to go back to its first name.
names-mine = How you are called here
names-mine-hint = The others see it.

leave-link = Leave
leave-link-words = At once, alone, without a reason
leave-tab = Leave
leave-title = Leave { $us }
leave-lead = You can go at once. Nobody has to agree, and no reason is asked.
leave-stays = What you wrote, and what was revealed until now, stays readable on your devices.
leave-theirs = What you shared stays with those it was shared with.
leave-keys = From now on you receive nothing from here, and what they write is locked with a new key.
leave-back = The others see that you have left. To come back, somebody here would have to invite you again.
leave-do = Leave now
leave-doing = Leaving …
leave-not = Stay

## Inviting and joining

invite-link = Invite
invite-link-words = A link or a code that works once
invite-tab = Invite
invite-title = Invite into { $us }
invite-lead = Make a link or a code for one person. They open it, you both compare five words, and then you let them in.
invite-make = Make an invitation
invite-another = Make another one
invite-making = Making it …
invite-ready = Your invitation
invite-until = It works once, until { $until }.
invite-copy = Copy the link
invite-copied = The link is copied.
invite-not-copied = This browser did not allow copying. Select the link above and copy it.
invite-share = Share …
invite-qr = The invitation as a code to scan
invite-once = Whoever has the link can knock, but nobody comes in before you have compared the words and let them in.
invite-take-back = Take this invitation back
invite-expired = An invitation has run out
invite-expired-words = Nobody used it in time. You can make a new one.
invite-clear = Clear it away
invite-how = Send the link in any way you like, or let them scan the code. Opening a preview of it does not use it up.
invite-full = There are twelve members, and that is as many as there can be.
invite-nobody-there = There is nobody at the door any more. Make a new invitation if you like.
knock-title = { $name } has opened your invitation
knock-compare = Compare these five words with { $name }, face to face or by voice. They must be the same on both screens.
knock-differ = If they differ, it is not { $name } on the other side. Turn them away, and make a new invitation.
knock-admit = The words are the same: let { $name } in
knock-admitting = Letting them in …
knock-turn-away = Turn away
join-tab = Invitation
join-title = { $from } invites you
join-title-plain = An invitation
join-looking = Looking at the invitation …
join-lead = { $from } would like to start an Us with you. Kind: { $kind }.
join-what = In an Us you both write a minute’s check-in and see each other’s at the same moment. You choose what you share; all else stays in your own Me. You can leave at any time.
join-until = The invitation works until { $until }.
join-account-first = You need an account first. It takes a minute and asks for no address and no telephone number. The invitation waits meanwhile, as long as this page stays open.
join-name = How you wish to be called there
join-name-hint = The people in this Us see it.
join-knock = Knock
join-knocking = Knocking …
join-not-now = Not now
join-drop = Go to the start
join-forget = Forget this invitation
join-waiting-title = At the door
join-compare-title = Compare five words with { $from }
join-compare = The same five words must stand on both screens. Read them to each other, face to face or by voice.
join-compare-then = When they are the same, { $from } lets you in, and this page goes on by itself. If they differ, somebody is in between: forget this invitation and ask for a new one.
join-closed-title = This invitation is over
join-closed = The invitation from { $from } did not lead in. You can ask for a new one.
join-paste-lead = Open the link that you were sent. If it opens in another place, copy it and paste it here.
join-link = Link
join-open-link = Open it
look-not-a-link = This is not a whole invitation link. Part of it may have been cut off; ask for it once more.
look-over = This invitation is over: its time is up, or it was taken back. You can ask for a new one.
look-used = This invitation has been used already. If it was not you, tell whoever sent it, and ask for a new one.
look-own = This invitation is your own. Send it to the person it is for.

## The check-in

checkin-tab = Check-in
checkin-title = Check in
checkin-alone-title = Check in with yourself
checkin-any = Answer what you like; any of it can be left out.
checkin-do = Check in
checkin-change = Change it
checkin-read = Read it
checkin-look = Look it over
checkin-due = A minute for how it is with you today.
checkin-due-week = A minute for how this week is with you.
checkin-not-due = Nothing is asked today. You can check in all the same.
checkin-waiting = { $others ->
    [one] Yours is in. You will both see this when both are in.
   *[other] Yours is in. You will all see this when all are in.
  }
checkin-noted-kept = Yours is noted, and all of it stays with you.
checkin-noted-alone = Yours is noted in Me. Nobody else is here yet.
checkin-nobody-yet = Nobody else is here yet. You can begin alone; it stays in Me.
checkin-revealed = { $pages ->
    [2] Both pages are open.
   *[other] All pages are open.
  }
checkin-nothing-to-say = Nothing is filled in yet. One answer is enough.
checkin-not-today = The day has turned meanwhile. Open the check-in of the new day; a day without one is only a day.
checkin-out-of-range = The line goes from 0 to 10.
checkin-no-one-else-yet = Nobody else is here yet, so there is nobody to share it with. It can be kept in Me.
checkin-already-revealed = This one is open already, and what was said in it stands.
checkin-no-such = This check-in is not here any more.
checkin-my-own = This check-in is your own.
checkin-care-missing = The sentence is empty.
checkin-no-care-given = There is nothing to take back.
scale-value = { $value } of 10
scale-none = Left out
scale-leave-out = Leave out: { $ask }
goes-legend = Who sees this answer
goes-shared = { $name } will see it
goes-kept = Stays in Me
keep-in-me = Keep it in Me

ask-mood = My mood today
ask-pressure = { $kind ->
    [work] Pressure on me today from outside our work together
   *[other] { $others ->
        [one] Pressure on me today from outside the two of us
       *[other] Pressure on me today from outside of us
    }
  }
ask-pressure-alone = Pressure on me today
ask-close = { $kind ->
    [work] How connected I felt to { $name } today
   *[other] How close I felt to { $name } today
  }
ask-free = { $kind ->
    [work] How free I felt to speak my mind today
   *[other] How free I felt to be myself today
  }
ask-understood = { $kind ->
    [work] { $name } understood me and took me seriously today
   *[other] { $name } understood me and cared today
  }
ask-gave = I supported { $name } today
ask-gave-kinds = In which way?
ask-got = { $name } supported me today
ask-fit = It fitted what I needed
ask-thanks = I noticed something I appreciate about { $name }
ask-thanks-alone = I noticed something I am thankful for
ask-said = I said so
ask-thanks-for = What it was, in words
ask-tension = There was tension between us
ask-came-back = We came back together
ask-need = Something I need
ask-note = A note
ends-mood-low = heavy
ends-mood-high = light
ends-pressure-low = none
ends-pressure-high = a great deal
ends-close-low = far apart
ends-close-high = very close
ends-free-low = not at all
ends-free-high = entirely
ends-understood-low = not at all
ends-understood-high = entirely
ends-fit-low = not at all
ends-fit-high = just what I needed
field-mood = Mood
field-pressure = Pressure from outside
field-close = { $kind ->
    [work] Connection
   *[other] Closeness
  }
field-free = { $kind ->
    [work] Free to speak my mind
   *[other] Free to be myself
  }
field-understood = { $kind ->
    [work] Understood and taken seriously
   *[other] Understood and cared for
  }
field-gave = Gave support
field-got = Got support
field-fit = It fitted
field-thanks = Something to thank for
field-said = Said so
field-thanks-for = Thankful for
field-tension = Tension
field-came-back = Came back together
field-need = A need
field-note = Note
support-listening = Listening
support-practical = Practical help
support-encouragement = Encouragement
support-other = Another way

review-title = Before it goes
review-me = Stays in Me
review-me-all = The whole of it, as a record for you.
review-us = Goes to Us
review-only-here = only here
review-put-in = Put it in
review-edit = Change something

reveal-title = { $pages ->
    [2] Both pages
   *[other] All pages
  }
reveal-announce = Everyone’s page is open. You can read now.
reveal-kept = What you kept for yourself
care-lead = A word for { $name }, if you like:
care-group = A word of care for { $name }
care-by = From { $name }
care-by-me = From you
care-taken-back = Taken back
care-take-back = Take it back
care-own-words = In your own words
care-sentence = A sentence
care-send = Send it
care-thank-you = Thank you
care-i-hear-you = I hear you
care-i-am-with-you = I am with you
care-hug = A hug
care-tell-me-more = Tell me more, if you like
care-proud = I am proud of you
care-glad = I am glad with you
care-take-your-time = Take the time you need

## History

history-link = The days so far
history-link-words = Lines over time, and every day to read again
history-tab = History
history-title = { $us }: the days so far
history-mine-title = Your days
history-about = What the lines show
history-what = Your lines show all that you noted, also what you kept. Of the others you see what was shared with you, and nothing else. Days without an answer are left open.
history-none = There is nothing to draw yet. After a few days a line begins here.
history-lines = Lines over time
history-days = Day by day
history-earlier = { $count ->
    [one] One earlier day
   *[other] { $count } earlier days
  }
history-kept = Kept in Me.
history-yes-of = { $yes } of { $of }
period-week = { $from } to { $to }
span = How far back
span-4 = 4 weeks
span-12 = 12 weeks
span-52 = A year
chart-name = { $title }. { $says }
chart-sentence = { $days ->
    [one] { $name }: one of { $of } days, at { $middle }.
   *[other] { $name }: { $days } of { $of } days, between { $least } and { $most }, mostly around { $middle }.
  }
chart-too-few = Not enough days yet to draw a line. After three of them one begins here.
chart-ends = 0 is { $low }, 10 is { $high }.
chart-table = Show as a table
chart-table-name = { $title }, as a table
chart-day = Day
chart-gap = –

## Rhythm

rhythm-link = Rhythm
rhythm-link-words = How often you check in
rhythm-title = Rhythm
rhythm-in-force = You check in { $rhythm }.
rhythm-daily = every day
rhythm-some-days = on { $days }
rhythm-weekly = once a week, on { $day }
rhythm-day-is-a-day = A day without a check-in is only a day.
rhythm-you-propose = You propose to check in { $rhythm }.
rhythm-proposes = { $name } proposes to check in { $rhythm }.
rhythm-all-agree = It holds as soon as everyone here agrees. Until then it stays as it is.
rhythm-agree = Agree
rhythm-withdraw = I no longer agree to this
rhythm-take-back = Take my proposal back
rhythm-propose-legend = Propose another rhythm
rhythm-propose = Propose it
rhythm-choose = Choose one of them first.
rhythm-how-daily = Every day
rhythm-how-some-days = On some days of the week
rhythm-how-weekly = Once a week
rhythm-how-weekly-more = The whole week is one check-in
rhythm-which-days = On which days?
rhythm-which-day = On which day?
rhythm-no-days = Choose at least one day.
rhythm-in-force-already = It is so already.
rhythm-proposed-already = This is proposed already. You can agree to it above.
rhythm-no-such-proposal = This proposal is not here any more.
rhythm-not-agreed = You have not agreed to this, so there is nothing to take back.
members-already-begun = This Us has begun already.
members-name-missing = A name is needed. Any name will do.

## More

lock = Lock
lock-words = Nothing readable stays in this browser until you unlock it.
settings-title = Name, language, look
settings-words = How you are called, light or dark
settings-name-hint = Used for every new Us. In each one you can choose another.
settings-this-device = Look and language hold for this device.
theme = Light or dark
theme-system = As the system
theme-light = Light
theme-dark = Dark
language = Language
device-title = Another device of mine
device-words = A code to scan, or your account words
device-lead = To use Alongside on another device of yours, show a code here and scan it there. You will need your passphrase too.
device-show = Show the code
device-hide = Hide it
device-scan = Scan this with the camera of the other device, then type your passphrase there.
device-qr = A code to sign in on another device
device-careful = The code holds your account words. Without your passphrase it opens nothing; still, let nobody take a picture of it.
device-words-instead = The words instead of the code
change-title = Change the passphrase
change-words = Signs all your other devices out
change-lead = A new passphrase signs all your other devices out. They can sign in again with the new one. Your account words stay the same.
change-do = Change it
change-doing = Changing it …
change-done = The new passphrase holds from now on. Your other devices are signed out.
signout-title = Sign out of this device
signout-words = Takes everything off this device
signout-lead = Everything of Alongside is taken off this device. What was sent is safe and comes back when you sign in again.
signout-needs = To sign in again you need your handle, your passphrase and your account words. Do you have the sheet?
signout-unsent = { $count ->
    [one] One thing has not been sent yet and would be gone. Connect first if you want to keep it.
   *[other] { $count } things have not been sent yet and would be gone. Connect first if you want to keep them.
  }
signout-do = Sign out and erase
signout-doing = Erasing …
signout-not = Stay signed in
about-title = About
about-words = Version, licence, what is running here
about-what = Alongside is a private place in which two or more people build a relationship where each leans on the other and each stays whole. It is neither a tracker nor a game.
about-licence = It is free software under the MIT or Apache 2.0 licence, without advertisements and without analytics.
about-version = Version
about-build = Build
about-verify = The build is a hash of every file that this page is made of. It can be compared with a release; a page that a server hands out can never prove itself.
about-fonts = Set in Atkinson Hyperlegible Next and Literata, both under the SIL Open Font License.

## Help

help-title = Help
help-words = Leaving quickly, being offline, and what it cannot do
help-exit = Leaving quickly
help-exit-does = The round button at the top of every page, or Escape twice, locks Alongside in all tabs and puts a page of unit conversions in its place. The back button does not return to what you were reading. In some browsers older pages of Alongside stay in the list behind the back button; they open locked.
help-exit-not = It does not hide that this address was visited: the browser’s history still has it, an installed Alongside still has its icon, and the network you use may note which address was reached. What lies on this device stays there, encrypted. A private window leaves less, but keeps nothing either.
help-exit-danger = Where somebody reads along on your device or you are afraid of them, use a device that they cannot reach. In danger, call the emergency number of where you are.
help-sides = Me and Us
help-sides-words = Me has one rounded shoulder and is plain; only you can read it. Us has an arched top with a band in the colours of its members; they can read it. A line above whatever you write says who will read it, and nothing moves from Me to Us without a page that shows you both.
help-together = At the same moment
help-together-words = Where two answers would influence each other, neither is shown before both are in. Until then the relay holds yours, locked, and gives it to nobody. Whether somebody has answered is not shown to anyone. You can change yours until both are open.
help-sheets = The sheets of words
help-sheets-words = Passphrase and account words open your account on a new device. Account words and recovery words open it when the passphrase is forgotten. Nobody can send you either of them again.
help-sheets-not = Do not keep them in a drawer or a cloud folder that you share, nor as a photo. A sheet in the shared drawer is a key in the shared drawer.
help-offline = Without a network
help-offline-words = Everything works without a network. What you do is kept on this device and sent by itself when there is one; nothing is lost when you close the page.
help-offline-storage = Some browsers clear pages that were not opened for a week. What was sent comes back when you sign in. Installing Alongside on the home screen makes the browser keep it.
help-clock = A wrong clock
help-clock-words = If the clock of a device is far off, days and times may be shown wrongly. No rule depends on it, and nothing is lost. Set the clock right in the settings of the device.
help-altered = Pages that came in altered
help-altered-words = Every entry carries the signature of the person who wrote it. One whose signature does not fit is put aside and not shown. A fault of the relay can cause it, and so can somebody who tries to put words into another’s mouth; neither can change what you have.
help-altered-do = Ask the other, face to face or by voice, whether they wrote something then. If it happens again, tell whoever runs the relay, or move to another one.
help-relay = What the relay knows
help-relay-words = The server in between is called the relay. It sees your handle, when your devices connect, and when and how much goes back and forth. It cannot read any of it, and does not know who is with whom.
