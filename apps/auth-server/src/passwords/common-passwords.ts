/** Of the passwords that lists of leaks and of guesses begin with, those that are long enough to be chosen. Lower case. */
export const COMMON_PASSWORDS: readonly string[] = `
password password1 password12 password123 password1234 password12345 passw0rd passw0rd1 p@ssword p@ssw0rd
p@ssw0rd1 p@ssword1 pa$$word pa$$w0rd passwort passwort1 passwort123 kennwort kennwort1 hallo123 hallo1234
schalke04 12345678 123456789 1234567890 12345678910 0123456789 87654321 987654321 9876543210 11111111
111111111 1111111111 00000000 0000000000 22222222 33333333 44444444 55555555 66666666 77777777 88888888
99999999 12341234 12344321 11223344 1122334455 112233445566 123123123 123321123 123456123 123456654321
147258369 159753456 789456123 741852963 963852741 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 q1w2e3r4
q1w2e3r4t5 zaq12wsx zaq1zaq1 qazwsxedc qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345
qwerty123456 qwertz123 qwertzui qwertzuiop asdfghjk asdfghjkl asdf1234 asdfasdf asdfqwer zxcvbnm1 zxcvbnm123
qweasdzxc qweqweqwe abcd1234 abc12345 abc123456 abcdefgh abcdefghi abcdefg1 aa123456 aa12345678 a1234567
a12345678 a123456789 q12345678 1a2b3c4d aaaaaaaa zzzzzzzz xxxxxxxx iloveyou iloveyou1 iloveyou2 iloveyou123
loveyou1 ilovegod lovelove princess princess1 sunshine sunshine1 sunshine123 football football1 baseball
baseball1 basketball superman superman1 batman123 spiderman starwars startrek pokemon1 pokemon123 michael1
michelle jennifer jennifer1 jessica1 charlie1 jordan23 samantha alexander alexandra christian elizabeth
victoria veronica danielle nicholas benjamin patricia isabella caroline stephanie sebastian valentina thunder1
shadow12 shadow123 master12 master123 monkey12 monkey123 dragon12 dragon123 killer123 trustno1 trustnoone
whatever whatever1 welcome1 welcome12 welcome123 welcome2 letmein1 letmein123 letmein! changeme changeme1
changeme123 default1 default123 administrator admin123 admin1234 admin12345 admin123456 administrator1
adminadmin rootroot root1234 toor1234 test1234 test12345 testtest testing1 testing123 tester123 guest123
guest1234 user1234 user12345 userpass username username1 login123 login1234 secret12 secret123 secret1234
secretsecret temp1234 temppass temporary computer computer1 internet internet1 google123 facebook facebook1
linkedin linkedin1 myspace1 samsung1 samsung123 microsoft windows10 windows1 server123 cisco123 oracle123
mysql123 database summer2020 summer2021 summer2022 summer2023 summer2024 summer2025 winter2020 winter2021
winter2022 winter2023 winter2024 winter2025 spring2020 spring2021 spring2022 spring2023 spring2024 spring2025
autumn2024 autumn2025 sommer2023 sommer2024 sommer2025 herbst2024 fruehling january1 february december
november september1 october1 monday123 friday123 sunday123 liverpool liverpool1 chelsea1 chelsea123 arsenal1
arsenal123 manchester manunited juventus barcelona barcelona1 realmadrid bayernmunich corvette mercedes
mustang1 porsche911 ferrari1 yamaha123 harley12 harleydavidson cocacola chocolate chocolate1 cheese123
butterfly butterfly1 blink182 metallica slipknot eminem123 rockstar rockyou1 rockyou123 freedom1 freedom123
jesus123 jesuschrist blessed1 faith123 angel123 angelina babygirl babygirl1 babyboy1 hello123 hello1234
hellohello helloworld goodluck lucky123 mylove123 myspace123 mypassword mypassword1 nopassword thepassword
passpass pass1234 pass12345 pass123456 password! password01 password11 password22 password99 password2020
password2021 password2022 password2023 password2024 password2025 december1 monkey1234 dragon1234 tinkerbell
scooby12 snoopy123 garfield mickey123 minecraft minecraft1 fortnite roblox123 playstation nintendo xbox3600
naruto123 dragonball onepiece pikachu1 gandalf1 hogwarts harrypotter sherlock 007bond007 jamesbond terminator
matrix123 nothing1 forever1 forever21 together remember anything somebody business security security1 access14
access123 q1q1q1q1 a1b2c3d4 a1s2d3f4 z1x2c3v4 123qweasd 123qwe123 qwe12345 qwe123456 1234qwer qwer1234
qwert123 qwert12345 12qwaszx 1password passwordpassword correcthorsebatterystaple
`
  .trim()
  .split(/\s+/);
